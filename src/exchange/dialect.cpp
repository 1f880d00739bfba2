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
    for (const auto& [field, column] : mapping_) {
      if (std::ranges::none_of(header, [&](const std::string& name) { return is_same(name, column); })) {
        return unusable_file(
            fmt::format("The mapping reads {} from the column \"{}\", which the file does not have.", field, column),
            "Correct the mapping, or the file's first line.");
      }
    }
    for (const std::string& column : header) {
      columns_.push_back(column_for(column));
      if (columns_.back().place == Place::ignored) left_out_.push_back(column);
    }
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
    for (std::size_t i = 0; i < columns_.size() && i < fields.size(); ++i) {
      const std::string_view value = trim(fields[i]);
      if (!value.empty()) set(record, columns_[i], value);
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
    std::string header;
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

  static bool is_same(std::string_view header, std::string_view mapped) {
    return header == mapped || without_type(header) == without_type(mapped);
  }

  // What a header stands for: what the mapping says, where there is one.
  Column column_for(const std::string& header) const {
    std::string name = header;
    if (!mapping_.empty()) {
      const auto mapped =
          std::ranges::find_if(mapping_, [&](const auto& entry) { return is_same(header, entry.second); });
      if (mapped == mapping_.end()) return {header, Place::ignored};
      name = mapped->first;
    }
    std::string key = plain(name);
    if (key.starts_with("product") && key != "productlink") key.erase(0, 7);  // "Product Name"
    return {std::move(name), place_of(key)};
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
        record.categories.emplace().push_back(split(value, '/'));
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
        record.attributes.emplace_back(column.header, value);
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
