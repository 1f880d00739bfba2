// The product export of WooCommerce: variable products, and their variations as rows of their own.
#include "exchange/woocommerce.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/text.hpp"
#include "catalog/products/rules.hpp"
#include "exchange/shop.hpp"

namespace pim::exchange {
namespace {

// What runs the shop, and what links products in other ways than as variants.
constexpr std::array<std::string_view, 24> woocommerce_machinery{"ID",
                                                                 "Published",
                                                                 "Is featured?",
                                                                 "Visibility in catalog",
                                                                 "Tax status",
                                                                 "Tax class",
                                                                 "In stock?",
                                                                 "Stock",
                                                                 "Low stock amount",
                                                                 "Backorders allowed?",
                                                                 "Sold individually?",
                                                                 "Allow customer reviews?",
                                                                 "Shipping class",
                                                                 "Download limit",
                                                                 "Download expiry days",
                                                                 "Grouped products",
                                                                 "Upsells",
                                                                 "Cross-sells",
                                                                 "Button text",
                                                                 "Position",
                                                                 "Date sale price starts",
                                                                 "Date sale price ends",
                                                                 "Purchase note",
                                                                 "Swatches Attributes"};

constexpr std::array<std::string_view, 7> woocommerce_placed{"Type",   "SKU",    "Name",        "Categories",
                                                             "Images", "Parent", "External URL"};

// Line ends are written as \n in texts.
std::string with_line_ends(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '\\') {
      out += text[i++];
    } else if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == 'n') {
      out += '\n';
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

class WooCommerce final : public RowDialect {
 public:
  explicit WooCommerce(bool has_decimal_commas) : has_decimal_commas_(has_decimal_commas) {}

  Result<void> begin(const std::vector<std::string>& header) override {
    for (std::size_t i = 0; i < header.size(); ++i) {
      places_.try_emplace(header[i], i);
      describe(header[i], i);
    }
    for (const char* needed : {"ID", "Type", "SKU", "Name"}) {
      if (!places_.contains(needed)) {
        return unusable_file(fmt::format("This is no WooCommerce product export: it has no column \"{}\".", needed),
                             "Export the products again (Products › Export), or choose another dialect.");
      }
    }
    return {};
  }

  Record read(Fields fields) const override {
    Record record;
    record.sku = field(fields, "SKU");
    if (record.sku.empty()) record.sku = sku_without_one(field(fields, "ID"));
    record.sku = sku_of(record.sku, "woo");
    record.name = field(fields, "Name");
    if (const auto link = field(fields, "External URL"); !link.empty()) record.product_link = link;
    read_categories(field(fields, "Categories"), record);
    if (auto images = split_escaped(field(fields, "Images"), ','); !images.empty()) {
      record.image_url = images.front();
      record.sub_images.emplace(images.begin() + 1, images.end());
    }
    for (const Column& column : columns_) {
      if (column.index >= fields.size()) continue;
      const std::string_view value = trimmed(fields[column.index]);
      if (value.empty()) continue;
      record.attributes.emplace_back(
          column.name, column.is_number ? plain_number(value, has_decimal_commas_) : with_line_ends(value));
    }
    const std::string chosen = read_attributes(fields, record);
    if (field(fields, "Type").starts_with("variation")) make_variation(fields, chosen, record);
    return record;
  }

 private:
  struct Column {
    std::size_t index;
    std::string name;
    bool is_number;
  };

  void describe(const std::string& header, std::size_t index) {
    if (std::ranges::find(woocommerce_machinery, header) != woocommerce_machinery.end() ||
        header.starts_with("Meta: _")) {
      return left_out_.push_back(header);
    }
    if (header.empty() || std::ranges::find(woocommerce_placed, header) != woocommerce_placed.end() ||
        read_slot(header, index))
      return;
    constexpr std::string_view meta = "Meta: ";
    std::string name = header.starts_with(meta) ? header.substr(meta.size()) : header;
    const bool is_measure = name.starts_with("Weight (") || name.starts_with("Length (") ||
                            name.starts_with("Width (") || name.starts_with("Height (");
    const bool is_number = name == "Regular price" || name == "Sale price" || is_measure;
    if (is_measure) {  // "Weight (kg)" → "Weight kg"
      std::erase(name, '(');
      std::erase(name, ')');
    }
    if (is_number) types_.emplace_back(name, "NUMBER");
    if (name == "Tags") types_.emplace_back(name, "ARRAY");
    if (name == "Description" || name == "Short description") types_.emplace_back(name, "HTML");
    columns_.push_back({index, name, is_number});
  }

  // "Attribute 2 value(s)" and its like.
  bool read_slot(const std::string& header, std::size_t index) {
    if (!header.starts_with("Attribute ")) return false;
    std::size_t number = 0;
    const char* begin = header.data() + 10;
    const auto [end, error] = std::from_chars(begin, header.data() + header.size(), number);
    if (error != std::errc{} || number == 0 || number > 200) return false;
    const std::string_view what = trimmed({end, static_cast<std::size_t>(header.data() + header.size() - end)});
    if (slots_.size() < number) slots_.resize(number, {nowhere, nowhere});
    if (what == "name") slots_[number - 1].first = index;
    if (what == "value(s)") slots_[number - 1].second = index;
    return true;  // visible, global and default run the shop
  }

  std::string_view field(Fields fields, const std::string& column) const {
    const auto found = places_.find(column);
    return found == places_.end() || found->second >= fields.size() ? std::string_view{}
                                                                    : trimmed(fields[found->second]);
  }

  static std::string sku_without_one(std::string_view id) {
    return id.empty() ? std::string() : fmt::format("woo-{}", id);
  }

  // "Clothing > Hoodies, Accessories"
  static void read_categories(std::string_view text, Record& record) {
    for (const std::string& path : split_escaped(text, ',')) {
      Path levels = split_escaped(path, '>');
      if (levels.empty()) continue;
      if (!record.category) {
        record.category = std::move(levels);
        record.more_categories.emplace();
      } else {
        record.more_categories->push_back(std::move(levels));
      }
    }
  }

  // Gives the values, as the name of a variation has them.
  std::string read_attributes(Fields fields, Record& record) const {
    std::string all;
    for (const auto& [name_index, value_index] : slots_) {
      if (name_index >= fields.size() || value_index >= fields.size()) continue;
      const std::string_view name = trimmed(fields[name_index]);
      std::string value;
      for (const std::string& part : split_escaped(fields[value_index], ','))
        value += (value.empty() ? "" : ", ") + part;
      if (name.empty() || value.empty()) continue;
      record.attributes.emplace_back(name, value);
      all += (all.empty() ? "" : ", ") + value;
    }
    return all;
  }

  // Its name is its parent's with the values behind it; some exports leave those out.
  static void add_values(std::string& name, const std::string& values) {
    const bool has_all =
        std::ranges::all_of(split_escaped(values, ','), [&](const std::string& value) { return name.contains(value); });
    if (!has_all) name = joined_name(name, values);
  }

  void make_variation(Fields fields, const std::string& values, Record& record) const {
    add_values(record.name, values);
    std::string_view parent = field(fields, "Parent");
    if (parent.empty()) return;
    record.parent_sku =
        parent.starts_with("id:") ? sku_of(sku_without_one(parent.substr(3)), "woo") : sku_of(parent, "woo");
  }

  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
  bool has_decimal_commas_;
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<Column> columns_;
  std::vector<std::pair<std::size_t, std::size_t>> slots_{};
};

}  // namespace

std::unique_ptr<Dialect> make_woocommerce(bool has_decimal_commas) {
  return std::make_unique<WooCommerce>(has_decimal_commas);
}

}  // namespace pim::exchange
