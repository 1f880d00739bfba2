// The generic dialect, and which dialects there are.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "catalog/products/rules.hpp"
#include "exchange/magento.hpp"
#include "exchange/record.hpp"
#include "exchange/split.hpp"

namespace pim::exchange {
namespace {

using catalog::products::trim;

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
  const std::size_t bracket = header.find('[');
  return header.ends_with(']') && bracket != std::string_view::npos ? trim(header.substr(0, bracket)) : header;
}

class Generic final : public Dialect {
 public:
  explicit Generic(Mapping mapping) : mapping_(std::move(mapping)) {}

  Result<void> begin(const std::vector<std::string>& header) override {
    if (auto read = mapping_.empty() ? read_header(header) : read_mapping(header); !read) return read;
    for (const auto& [place, name] : {std::pair{Place::sku, "sku"}, std::pair{Place::name, "name"}}) {
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
      const std::string_view value = trim(fields[column.index]);
      if (!value.empty()) set(record, column, value);
    }
    return record;
  }

  const std::vector<std::string>& left_out() const override { return left_out_; }

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
    thumbnail_url
  };
  struct Column {
    std::size_t index;
    std::string name;
    Place place;
  };

  static Place place_of(std::string_view name) {
    struct Known {
      std::string_view name;
      Place place;
    };
    constexpr std::array<Known, 17> known{{{"sku", Place::sku},
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
                                           {"status", Place::ignored},
                                           {"id", Place::ignored}}};
    const auto found = std::ranges::find(known, name, &Known::name);
    return found == known.end() ? Place::attribute : found->place;
  }

  static Column column_for(std::size_t index, const std::string& name) {
    std::string key = plain(name);
    if (key.starts_with("product") && key != "productlink") key.erase(0, 7);  // "Product Name"
    return {index, name, place_of(key)};
  }

  Result<void> read_header(const std::vector<std::string>& header) {
    for (std::size_t i = 0; i < header.size(); ++i) {
      columns_.push_back(column_for(i, header[i]));
      if (columns_.back().place == Place::ignored) left_out_.push_back(header[i]);
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
      columns_.push_back(column_for(index, field));
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
        if (auto path = split(value, '/'); !path.empty()) record.categories.emplace().push_back(std::move(path));
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
        record.sub_images = split(value, ',');
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
  std::vector<Column> columns_;
  std::vector<std::string> left_out_;
};

}  // namespace

std::unique_ptr<Dialect> dialect_named(std::string_view name, Mapping mapping) {
  if (name == "magento") return make_magento();
  if (name == "generic") return std::make_unique<Generic>(std::move(mapping));
  return nullptr;
}

std::string_view dialect_of(const std::vector<std::string>& header) {
  const auto has = [&](std::string_view column) { return std::ranges::find(header, column) != header.end(); };
  return has("attribute_set_code") && has("product_type") ? "magento" : "generic";
}

}  // namespace pim::exchange
