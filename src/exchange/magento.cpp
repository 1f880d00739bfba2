// The product export of Magento and Adobe Commerce.
#include "exchange/magento.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/text.hpp"
#include "catalog/products/rules.hpp"
#include "exchange/split.hpp"

namespace pim::exchange {
namespace {

// What runs the shop, not what the product is: stock settings, layout, the shop's own bookkeeping.
constexpr std::array<std::string_view, 36> magento_machinery{"store_view_code",
                                                             "product_websites",
                                                             "website_id",
                                                             "has_options",
                                                             "required_options",
                                                             "page_layout",
                                                             "custom_layout_update",
                                                             "custom_design",
                                                             "custom_design_from",
                                                             "custom_design_to",
                                                             "product_options_container",
                                                             "display_product_options_in",
                                                             "gift_message_available",
                                                             "msrp_display_actual_price_type",
                                                             "map_enabled",
                                                             "is_decimal_divided",
                                                             "is_qty_decimal",
                                                             "qty_increments",
                                                             "enable_qty_increments",
                                                             "use_config_min_qty",
                                                             "use_config_backorders",
                                                             "use_config_min_sale_qty",
                                                             "use_config_max_sale_qty",
                                                             "use_config_notify_stock_qty",
                                                             "use_config_manage_stock",
                                                             "use_config_qty_increments",
                                                             "use_config_enable_qty_inc",
                                                             "allow_backorders",
                                                             "manage_stock",
                                                             "min_cart_qty",
                                                             "max_cart_qty",
                                                             "out_of_stock_qty",
                                                             "notify_on_stock_below",
                                                             "created_at",
                                                             "updated_at",
                                                             "configurable_variation_prices"};

// Columns that have a place of their own in a record.
constexpr std::array<std::string_view, 15> magento_placed{"sku",
                                                          "name",
                                                          "attribute_set_code",
                                                          "product_type",
                                                          "categories",
                                                          "base_image",
                                                          "thumbnail_image",
                                                          "additional_images",
                                                          "additional_attributes",
                                                          "configurable_variations",
                                                          "configurable_variation_labels",
                                                          "small_image",
                                                          "base_image_label",
                                                          "small_image_label",
                                                          "thumbnail_image_label"};

template <class List>
bool contains(const List& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

// Is there `name=` at the front? A comma before it ends a pair; any other comma belongs to a value.
bool begins_pair(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return false;
  return std::ranges::all_of(text.substr(0, equals), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// "size=XS,color=Black,note=warm, soft" → three pairs.
std::vector<std::pair<std::string, std::string>> read_pairs(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n,"), text.size()));
  while (begins_pair(text)) {
    std::size_t end = text.find(',');
    while (end != std::string_view::npos && !begins_pair(text.substr(end + 1))) end = text.find(',', end + 1);
    end = std::min(end, text.size());
    const std::string_view pair = text.substr(0, end);
    const std::size_t equals = pair.find('=');
    pairs.emplace_back(pair.substr(0, equals), trimmed(pair.substr(equals + 1)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return pairs;
}

class Magento final : public RowDialect {
 public:
  Result<void> begin(const std::vector<std::string>& header) override {
    columns_ = header;
    for (std::size_t i = 0; i < header.size(); ++i) {
      place_[header[i]] = i;
      if (contains(magento_machinery, header[i])) left_out_.push_back(header[i]);
    }
    for (const char* needed : {"sku", "name", "product_type", "attribute_set_code"}) {
      if (!place_.contains(needed)) {
        return unusable_file(std::string("This is no Magento product export: it has no column \"") + needed + "\".",
                             "Export the products again (System › Export › Products), or choose another --dialect.");
      }
    }
    return {};
  }

  Record read(Fields fields) const override {
    Record record;
    record.sku = trimmed(field(fields, "sku"));
    record.name = trimmed(field(fields, "name"));
    record.family = text(fields, "attribute_set_code");
    record.image_url = text(fields, "base_image");
    record.thumbnail_url = text(fields, "thumbnail_image");
    if (auto images = split(field(fields, "additional_images"), ','); !images.empty())
      record.sub_images = std::move(images);
    read_categories(fields, record);
    for (const std::string& variation : split(field(fields, "configurable_variations"), '|')) {
      for (auto& [name, value] : read_pairs(variation)) {
        if (name == "sku" && !value.empty()) record.variant_skus.push_back(std::move(value));
      }
    }
    read_attributes(fields, record);
    return record;
  }

 private:
  std::string_view field(Fields fields, const std::string& column) const {
    const auto found = place_.find(column);
    return found == place_.end() || found->second >= fields.size() ? std::string_view{} : fields[found->second];
  }

  std::optional<std::string> text(Fields fields, const std::string& column) const {
    const std::string_view value = trimmed(field(fields, column));
    return value.empty() ? std::nullopt : std::optional<std::string>(value);
  }

  void read_categories(Fields fields, Record& record) const {
    for (const std::string& path : split(field(fields, "categories"), ',')) {
      auto levels = split(path, '/');
      if (levels.empty()) continue;
      if (!record.category) {
        record.category = std::move(levels);
        record.more_categories.emplace();
      } else {
        record.more_categories->push_back(std::move(levels));
      }
    }
  }

  // Every column that tells something of the product, and the pairs of additional_attributes.
  void read_attributes(Fields fields, Record& record) const {
    for (std::size_t i = 0; i < columns_.size() && i < fields.size(); ++i) {
      if (contains(magento_placed, columns_[i]) || contains(magento_machinery, columns_[i])) continue;
      if (const auto value = trimmed(fields[i]); !value.empty()) record.attributes.emplace_back(columns_[i], value);
    }
    for (auto& [name, value] : read_pairs(field(fields, "additional_attributes"))) {
      if (!value.empty() && !contains(magento_machinery, name))
        record.attributes.emplace_back(std::move(name), std::move(value));
    }
  }

  std::vector<std::string> columns_;
  std::unordered_map<std::string, std::size_t> place_;
};

}  // namespace

std::unique_ptr<Dialect> make_magento() { return std::make_unique<Magento>(); }

}  // namespace pim::exchange
