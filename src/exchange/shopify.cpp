// The product export of Shopify: the rows of one Handle are a product, its variants, and its images.
#include "exchange/shopify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "base/text.hpp"
#include "catalog/products/rules.hpp"
#include "exchange/shop.hpp"
#include "exchange/split.hpp"

namespace pim::exchange {
namespace {

constexpr std::size_t rows_max = 4096;  // of one product
constexpr std::size_t option_count = 3;

enum class Of : std::uint8_t { product, variant };

// Columns that become attributes, of whom, under which name, and of which type ("": what the values say).
struct Known {
  std::string_view column;
  Of of;
  std::string_view name, type;
};
constexpr std::array<Known, 15> known{
    {{"Body (HTML)", Of::product, "Description", "HTML"},
     {"Vendor", Of::product, "Vendor", "STRING"},
     {"Tags", Of::product, "Tags", "ARRAY"},
     {"SEO Title", Of::product, "SEO Title", "STRING"},
     {"SEO Description", Of::product, "SEO Description", "STRING"},
     {"Variant Price", Of::variant, "Price", "NUMBER"},
     {"Variant Compare At Price", Of::variant, "Compare At Price", "NUMBER"},
     {"Cost per item", Of::variant, "Cost per item", "NUMBER"},
     {"Variant Grams", Of::variant, "Grams", "NUMBER"},
     {"Variant Weight Unit", Of::variant, "Weight Unit", "STRING"},
     {"Variant Barcode", Of::variant, "Barcode", "STRING"},
     {"Price / International", Of::variant, "Price International", "NUMBER"},
     {"Compare At Price / International", Of::variant, "Compare International", "NUMBER"},
     {"Unit Price Total Measure", Of::variant, "Unit Measure", "NUMBER"},
     {"Unit Price Total Measure Unit", Of::variant, "Unit", "STRING"}}};

// What runs the shop.
constexpr std::array<std::string_view, 15> shopify_machinery{"Published",
                                                             "Status",
                                                             "Gift Card",
                                                             "Variant Inventory Tracker",
                                                             "Variant Inventory Qty",
                                                             "Variant Inventory Policy",
                                                             "Variant Fulfillment Service",
                                                             "Variant Requires Shipping",
                                                             "Variant Taxable",
                                                             "Variant Tax Code",
                                                             "Image Alt Text",
                                                             "Option1 Linked To",
                                                             "Option2 Linked To",
                                                             "Option3 Linked To",
                                                             "Included / International"};

constexpr std::array<std::string_view, 13> shopify_placed{
    "Handle",         "Title",         "Type",          "Product Category", "Image Src",
    "Image Position", "Variant SKU",   "Variant Image", "Option1 Name",     "Option1 Value",
    "Option2 Name",   "Option2 Value", "Option3 Name"};

// "Google Shopping / MPN" → "MPN"; "Fabric (product.metafields.custom.fabric)" → "Fabric"
std::string attribute_for(std::string_view column) {
  constexpr std::string_view google = "Google Shopping / ";
  if (column.starts_with(google)) return std::string(column.substr(google.size()));
  if (const std::size_t field = column.find(" (product.metafields."); field != std::string_view::npos && field > 0) {
    return std::string(column.substr(0, field));
  }
  return std::string(column);
}

// Shops put an apostrophe before digits, so that spreadsheets leave them alone.
std::string_view without_apostrophe(std::string_view text) {
  if (text.size() > 1 && text.front() == '\'' && text[1] >= '0' && text[1] <= '9') text.remove_prefix(1);
  return text;
}

class Shopify final : public Dialect {
 public:
  explicit Shopify(bool has_decimal_commas) : has_decimal_commas_(has_decimal_commas) {}

  Result<void> begin(const std::vector<std::string>& header) override {
    for (std::size_t i = 0; i < header.size(); ++i) {
      places_.try_emplace(header[i], i);
      describe(header[i], i);
    }
    for (const char* needed : {"Handle", "Title"}) {
      if (!places_.contains(needed)) {
        return unusable_file(fmt::format("This is no Shopify product export: it has no column \"{}\".", needed),
                             "Export the products again (Products › Export), or choose another dialect.");
      }
    }
    return {};
  }

  void take(std::int64_t line, Fields fields, const Emit& emit) override {
    const std::string_view handle = field(fields, "Handle");
    if (handle.empty()) return emit(line, {});  // it is rejected: there is no SKU
    if (handle != product_.handle || product_.rows >= rows_max) {
      finish(emit);
      product_.handle = handle;
      product_.line = line;
    }
    ++product_.rows;
    if (product_.title.empty()) begin_product(fields);
    take_image(fields);
    if (is_variant(fields)) take_variant(line, fields);
  }

  void finish(const Emit& emit) override {
    Product product = std::exchange(product_, {});
    if (product.handle.empty()) return;
    std::ranges::sort(product.images, {}, [](const Image& image) { return std::pair(image.position, image.order); });
    const bool is_single =
        product.variants.empty() || (product.variants.size() == 1 && product.variants.front().is_default);
    if (is_single) {
      emit(product.line, single(std::move(product)));
    } else {
      tell(std::move(product), emit);
    }
  }

 private:
  using Values = std::vector<std::pair<std::string, std::string>>;
  struct Image {
    int position;
    std::size_t order;  // of the rows
    std::string address;
  };
  struct Variant {
    std::int64_t line;
    std::string sku, options, image;
    bool is_default;
    Values values;
  };
  struct Product {
    std::string handle, title, family;
    std::int64_t line = 0;
    std::size_t rows = 0;
    Path category;
    Values values;
    std::array<std::string, option_count> option_names;
    std::vector<Image> images;
    std::vector<Variant> variants;
  };
  struct Column {
    std::size_t index;
    Of of;
    std::string name;
    bool is_number;
  };

  void describe(const std::string& header, std::size_t index) {
    if (std::ranges::find(shopify_machinery, header) != shopify_machinery.end()) return left_out_.push_back(header);
    if (header.empty() || header == "Option3 Value" ||
        std::ranges::find(shopify_placed, header) != shopify_placed.end())
      return;
    const auto found = std::ranges::find(known, header, &Known::column);
    if (found == known.end()) {
      columns_.push_back({index, Of::product, attribute_for(header), false});
      return;
    }
    columns_.push_back({index, found->of, std::string(found->name), found->type == "NUMBER"});
    types_.emplace_back(found->name, found->type);
  }

  std::string_view field(Fields fields, const std::string& column) const {
    const auto found = places_.find(column);
    return found == places_.end() || found->second >= fields.size() ? std::string_view{}
                                                                    : trimmed(fields[found->second]);
  }

  Values values_of(Fields fields, Of of) const {
    Values values;
    for (const Column& column : columns_) {
      if (column.of != of || column.index >= fields.size()) continue;
      const std::string_view value = trimmed(fields[column.index]);
      if (value.empty()) continue;
      values.emplace_back(column.name, column.is_number ? plain_number(value, has_decimal_commas_)
                                                        : std::string(without_apostrophe(value)));
    }
    return values;
  }

  void begin_product(Fields fields) {
    product_.title = field(fields, "Title");
    if (product_.title.empty()) return;
    product_.family = field(fields, "Type");
    product_.category = split(field(fields, "Product Category"), '>');
    product_.values = values_of(fields, Of::product);
    for (std::size_t i = 0; i < option_count; ++i) {
      product_.option_names[i] = field(fields, fmt::format("Option{} Name", i + 1));
    }
  }

  void take_image(Fields fields) {
    const std::string_view address = field(fields, "Image Src");
    if (address.empty()) return;
    int position = static_cast<int>(product_.images.size()) + 1;
    const std::string_view given = field(fields, "Image Position");
    std::from_chars(given.data(), given.data() + given.size(), position);
    product_.images.push_back({position, product_.images.size(), std::string(address)});
  }

  bool is_variant(Fields fields) const {
    return !field(fields, "Option1 Value").empty() || !field(fields, "Variant SKU").empty() ||
           !field(fields, "Variant Price").empty();
  }

  void take_variant(std::int64_t line, Fields fields) {
    Variant variant{.line = line,
                    .sku = std::string(without_apostrophe(field(fields, "Variant SKU"))),
                    .image = std::string(field(fields, "Variant Image")),
                    .values = values_of(fields, Of::variant)};
    for (std::size_t i = 0; i < option_count; ++i) {
      const std::string_view value = field(fields, fmt::format("Option{} Value", i + 1));
      if (value.empty()) continue;
      variant.options += (variant.options.empty() ? "" : " / ") + std::string(value);
      const std::string& name = product_.option_names[i];
      if (!name.empty() && value != "Default Title") variant.values.emplace_back(name, value);
    }
    variant.is_default = variant.options.empty() || variant.options == "Default Title";
    product_.variants.push_back(std::move(variant));
  }

  static Record base(Product& product) {
    Record record;
    record.name = product.title;
    if (!product.family.empty()) record.family = std::move(product.family);
    if (!product.category.empty()) record.category = std::move(product.category);
    record.attributes = std::move(product.values);
    if (!product.images.empty()) {
      record.image_url = product.images.front().address;
      record.sub_images.emplace();
      for (std::size_t i = 1; i < product.images.size(); ++i) record.sub_images->push_back(product.images[i].address);
    }
    return record;
  }

  static Record single(Product product) {
    Record record = base(product);
    const bool has_sku = !product.variants.empty() && !product.variants.front().sku.empty();
    record.sku = sku_of(has_sku ? product.variants.front().sku : product.handle, "shopify");
    if (!product.variants.empty()) {
      for (auto& value : product.variants.front().values) record.attributes.push_back(std::move(value));
    }
    return record;
  }

  // A product with its variants, each a product of its own. The parent has no SKU in the shop: its Handle is one,
  // unless a variant has taken it.
  static void tell(Product product, const Emit& emit) {
    const auto has = [&](const std::string& sku) {
      return std::ranges::find(product.variants, sku, &Variant::sku) != product.variants.end();
    };
    std::string sku = sku_of(product.handle, "shopify");
    if (has(sku)) sku = sku_of(product.handle + "-product", "shopify");
    const std::string title = product.title, handle = product.handle, family = product.family;
    const Path category = product.category;
    std::vector<Variant> variants = std::move(product.variants);
    Record parent = base(product);
    parent.sku = sku;
    emit(product.line, std::move(parent));
    for (Variant& variant : variants) {
      Record record;
      record.sku =
          variant.sku.empty() ? sku_of(handle + "-" + variant.options, "shopify") : sku_of(variant.sku, "shopify");
      record.name = joined_name(title, variant.options);
      record.parent_sku = sku;
      if (!family.empty()) record.family = family;
      if (!category.empty()) record.category = category;
      if (!variant.image.empty()) record.image_url = std::move(variant.image);
      record.attributes = std::move(variant.values);
      emit(variant.line, std::move(record));
    }
  }

  bool has_decimal_commas_;
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<Column> columns_;
  Product product_;
};

}  // namespace

std::unique_ptr<Dialect> make_shopify(bool has_decimal_commas) { return std::make_unique<Shopify>(has_decimal_commas); }

}  // namespace pim::exchange
