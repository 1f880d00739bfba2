// The generic dialect, and which dialects there are.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "catalog/attribute_type.hpp"
#include "catalog/products/rules.hpp"
#include "exchange/magento.hpp"
#include "exchange/record.hpp"
#include "exchange/shopify.hpp"
#include "exchange/split.hpp"
#include "exchange/woocommerce.hpp"
#include "json/reader.hpp"

namespace pim::exchange {
namespace {

// A header without case, spaces, dashes and underscores: "Parent SKU", "parent_sku" and "parentSku" are one.
std::string plain(std::string_view header) {
  std::string name;
  for (const char c : header) {
    if (c >= 'A' && c <= 'Z') {
      name += static_cast<char>(c - 'A' + 'a');
    } else if (c != ' ' && c != '_' && c != '-') {
      name += c;
    }
  }
  return name;
}

// "Price [Decimal]" → "Price"
std::string_view without_type(std::string_view header) {
  const std::size_t bracket = header.rfind('[');
  return header.ends_with(']') && bracket != std::string_view::npos ? trimmed(header.substr(0, bracket)) : header;
}

// "Price [Decimal]" → NUMBER; nullopt where there is none, or none that is known.
std::optional<std::string_view> type_in(std::string_view header) {
  if (!header.ends_with(']') || without_type(header).empty()) return std::nullopt;
  const std::string_view inside = trimmed(header.substr(header.rfind('[') + 1));
  const std::string_view name = trimmed(inside.substr(0, inside.size() - 1));
  if (const auto stored = catalog::stored_type(name)) return stored;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 27> synonyms{
      {{"shorttext", "STRING"}, {"text", "STRING"},       {"string", "STRING"},     {"longtext", "TEXT"},
       {"paragraph", "TEXT"},   {"textarea", "TEXT"},     {"richtext", "HTML"},     {"html", "HTML"},
       {"number", "INTEGER"},   {"integer", "INTEGER"},   {"int", "INTEGER"},       {"decimal", "NUMBER"},
       {"float", "NUMBER"},     {"price", "NUMBER"},      {"currency", "CURRENCY"}, {"percentage", "PERCENTAGE"},
       {"date", "DATE"},        {"datetime", "DATETIME"}, {"boolean", "BOOLEAN"},   {"bool", "BOOLEAN"},
       {"yesno", "BOOLEAN"},    {"url", "URL"},           {"link", "URL"},          {"email", "EMAIL"},
       {"dropdown", "ENUM"},    {"select", "ENUM"},       {"multiselect", "ARRAY"}}};
  const auto found = std::ranges::find(synonyms, plain(name), &std::pair<std::string_view, std::string_view>::first);
  return found == synonyms.end() ? std::nullopt : std::optional(found->second);
}

// "Colour*|Size" → two names, of which the first is required.
std::vector<std::pair<std::string, bool>> read_family_attributes(std::string_view text) {
  std::vector<std::pair<std::string, bool>> attributes;
  std::pair<std::string, bool> current;
  const auto end = [&] {
    if (const std::string name(trimmed(current.first)); !name.empty()) attributes.emplace_back(name, current.second);
    current = {};
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      current.first += text[++i];
    } else if (text[i] == '|') {
      end();
    } else if (text[i] == '*') {
      current.second = true;
    } else {
      current.first += text[i];
    }
  }
  end();
  return attributes;
}

// A JSON array, or texts with commas between them.
std::vector<std::string> read_list(std::string_view text) {
  if (text.starts_with('[')) {
    if (const auto list = json::read(text); list && list->is_array()) {
      std::vector<std::string> items;
      for (const auto& item : list->get_array()) {
        if (item.is_string()) items.emplace_back(item.get_string());
      }
      return items;
    }
  }
  return split(text, ',');
}

class Generic final : public RowDialect {
 public:
  explicit Generic(DialectOptions options) : mapping_(std::move(options.mapping)), needs_name_(options.needs_name) {}

  Result<void> begin(const std::vector<std::string>& header) override {
    if (auto read = mapping_.empty() ? read_header(header) : read_mapping(header); !read) return read;
    for (const auto& [place, name] : {std::pair{Place::sku, "sku"}, std::pair{Place::name, "name"}}) {
      if (place == Place::name && !needs_name_) continue;
      if (std::ranges::find(columns_, place, &Column::place) == columns_.end()) {
        return unusable_file(fmt::format("The file has no column \"{}\".", name),
                             "The first line names the columns; sku and name are needed.");
      }
    }
    return {};
  }

  Record read(Fields fields) const override {
    Record record;
    for (const Column& column : columns_) {
      if (column.index >= fields.size()) continue;
      const std::string_view value = trimmed(fields[column.index]);
      if (value.empty()) continue;
      set(record, column, column.is_typed ? fields[column.index] : value);
    }
    return record;
  }

 private:
  enum class Place : std::uint8_t {
    attribute,
    ignored,
    sku,
    name,
    family,
    category,
    parent_sku,
    product_link,
    image_url,
    sub_images,
    thumbnail_url,
    thumbnail_sub_images,
    more_categories,
    family_attributes,
    attribute_group
  };
  struct Column {
    std::size_t index;
    std::string name;
    Place place;
    bool is_typed = false;
  };

  static Place place_of(std::string_view name) {
    struct Known {
      std::string_view name;
      Place place;
    };
    constexpr std::array<Known, 24> known{{{"sku", Place::sku},
                                           {"name", Place::name},
                                           {"family", Place::family},
                                           {"familyname", Place::family},
                                           {"category", Place::category},
                                           {"categoryname", Place::category},
                                           {"parent", Place::parent_sku},
                                           {"parentsku", Place::parent_sku},
                                           {"link", Place::product_link},
                                           {"productlink", Place::product_link},
                                           {"url", Place::product_link},
                                           {"image", Place::image_url},
                                           {"imageurl", Place::image_url},
                                           {"subimages", Place::sub_images},
                                           {"thumbnailurl", Place::thumbnail_url},
                                           {"thumbnail", Place::thumbnail_url},
                                           {"thumbnailsubimages", Place::thumbnail_sub_images},
                                           {"morecategories", Place::more_categories},
                                           {"familyattributes", Place::family_attributes},
                                           {"attributegroup", Place::attribute_group},
                                           {"createdat", Place::ignored},
                                           {"updatedat", Place::ignored},
                                           {"status", Place::ignored},
                                           {"id", Place::ignored}}};
    const auto found = std::ranges::find(known, name, &Known::name);
    return found == known.end() ? Place::attribute : found->place;
  }

  // A name with a type is an attribute's, whatever it is.
  Column column_for(std::size_t index, const std::string& name, const std::string& header) {
    auto type = type_in(name);
    if (type) {
      const std::string plain_name(without_type(name));
      types_.emplace_back(plain_name, *type);
      return {index, plain_name, Place::attribute, true};
    }
    std::string key = plain(name);
    if (key.starts_with("product") && key != "productlink") key.erase(0, 7);  // "Product Name"
    const Place place = name.empty() ? Place::ignored : place_of(key);
    type = type_in(header);
    if (place == Place::attribute && type) types_.emplace_back(name, *type);
    return {index, name, place, place == Place::attribute && type.has_value()};
  }

  Result<void> read_header(const std::vector<std::string>& header) {
    for (std::size_t i = 0; i < header.size(); ++i) {
      columns_.push_back(column_for(i, header[i], header[i]));
      if (columns_.back().place == Place::ignored && !header[i].empty()) left_out_.push_back(header[i]);
    }
    return {};
  }

  Result<void> read_mapping(const std::vector<std::string>& header) {
    std::vector<bool> is_taken(header.size());
    for (const auto& [field, column] : mapping_) {
      const std::size_t index = find_column(header, column);
      if (index == header.size()) {
        return unusable_file(
            fmt::format("The mapping reads {} from the column \"{}\", which the file does not have.", field, column),
            "Correct the mapping, or the file's first line.");
      }
      is_taken[index] = true;
      columns_.push_back(column_for(index, field, header[index]));
    }
    for (std::size_t i = 0; i < header.size(); ++i) {
      if (!is_taken[i]) left_out_.push_back(header[i]);
    }
    return {};
  }

  // Its very name, or else the first column that is it but for the type in brackets.
  static std::size_t find_column(const std::vector<std::string>& header, std::string_view wanted) {
    auto found = std::ranges::find(header, wanted);
    if (found == header.end()) {
      found = std::ranges::find_if(header,
                                   [&](const std::string& name) { return without_type(name) == without_type(wanted); });
    }
    return static_cast<std::size_t>(found - header.begin());
  }

  static void set(Record& record, const Column& column, std::string_view value) {
    switch (column.place) {
      case Place::sku:
        record.sku = value;
        break;
      case Place::name:
        record.name = value;
        break;
      case Place::family:
        record.family = value;
        break;
      case Place::category:
        if (auto path = read_path(value); !path.empty()) record.category = std::move(path);
        break;
      case Place::more_categories:
        record.more_categories = read_paths(value);
        break;
      case Place::family_attributes:
        record.family_attributes = read_family_attributes(value);
        break;
      case Place::attribute_group:
        record.attribute_group = value;
        break;
      case Place::parent_sku:
        record.parent_sku = value;
        break;
      case Place::product_link:
        record.product_link = value;
        break;
      case Place::image_url:
        record.image_url = value;
        break;
      case Place::sub_images:
        record.sub_images = read_list(value);
        break;
      case Place::thumbnail_sub_images:
        record.thumbnail_sub_images = read_list(value);
        break;
      case Place::thumbnail_url:
        record.thumbnail_url = value;
        break;
      case Place::attribute:
        record.attributes.emplace_back(column.name, value);
        break;
      case Place::ignored:
        break;
    }
  }

  Mapping mapping_;
  bool needs_name_;
  std::vector<Column> columns_;
};

}  // namespace

std::unique_ptr<Dialect> dialect_named(std::string_view name, DialectOptions options) {
  if (name == "magento") return make_magento();
  if (name == "shopify") return make_shopify(options.has_decimal_commas);
  if (name == "woocommerce") return make_woocommerce(options.has_decimal_commas);
  if (name == "generic") return std::make_unique<Generic>(std::move(options));
  return nullptr;
}

std::string_view dialect_of(const std::vector<std::string>& header) {
  const auto has = [&](std::string_view column) { return std::ranges::find(header, column) != header.end(); };
  if (has("attribute_set_code") && has("product_type")) return "magento";
  if (has("Handle") && (has("Variant SKU") || has("Image Src") || has("Option1 Name"))) return "shopify";
  if (has("ID") && has("Type") && has("SKU") && has("Regular price")) return "woocommerce";
  return "generic";
}

}  // namespace pim::exchange
