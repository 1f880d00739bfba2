// A product as a file describes it, whatever the file's dialect.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/problem.hpp"
#include "exchange/path.hpp"

namespace pim::exchange {

// What the file does not say is nullopt or absent, and stays as it is in the catalogue.
struct Record {
  std::string sku, name;
  std::optional<std::string> family, attribute_group, product_link, image_url, thumbnail_url;
  std::optional<std::vector<std::string>> sub_images, thumbnail_sub_images;
  std::optional<Path> category;                      // the product's own
  std::optional<std::vector<Path>> more_categories;  // the others, all of them
  std::optional<std::string> parent_sku;
  std::vector<std::string> variant_skus;                        // its variants, where the parent names them
  std::vector<std::pair<std::string, std::string>> attributes;  // names and values; empty values are left out
  std::vector<std::pair<std::string, bool>> family_attributes;  // of its family, in order; and whether one is required
};

// A file that can't be used at all: what is wrong with it, and what to do.
inline std::unexpected<Problem> unusable_file(std::string message, std::string remedy) {
  return std::unexpected(Problem{
      .status = 400, .code = "import.unusable_file", .message = std::move(message), .remedy = std::move(remedy)});
}

using Fields = std::span<const std::string_view>;

// How the columns of a file become records.
class Dialect {
 public:
  virtual ~Dialect() = default;
  // Looks at the header. The Problem names the columns that are missing.
  virtual Result<void> begin(const std::vector<std::string>& header) = 0;
  // Told each product, with the line that it is from.
  using Emit = std::function<void(std::int64_t line, Record record)>;
  // A row is a product, or a part of one, which is told with a later row.
  virtual void take(std::int64_t line, Fields fields, const Emit& emit) = 0;
  // There are no more rows.
  virtual void finish(const Emit&) {}
  // Columns that say nothing of a product and are not taken.
  virtual const std::vector<std::string>& left_out() const { return left_out_; }
  // Attributes whose type the file names; their values are taken as they are.
  const std::vector<std::pair<std::string, std::string>>& types() const { return types_; }

 protected:
  std::vector<std::string> left_out_;
  std::vector<std::pair<std::string, std::string>> types_;
};

// One whose rows are a product each.
class RowDialect : public Dialect {
 public:
  virtual Record read(Fields fields) const = 0;
  void take(std::int64_t line, Fields fields, const Emit& emit) final { emit(line, read(fields)); }
};

// Which column a field is read from: {"name", "Title"}, {"Colour", "Color [Short text]"}. A field is one of the
// generic dialect's, or an attribute's name.
using Mapping = std::vector<std::pair<std::string, std::string>>;

struct DialectOptions {
  Mapping mapping{};
  bool needs_name = true;  // else a product may be told by its SKU alone
  bool has_decimal_commas = false;
};

inline constexpr std::string_view dialect_names = "generic, magento, shopify, woocommerce";

// Null for another name. The generic dialect goes by the header: sku, name, family, category, parentSku, productLink,
// imageUrl, subImages, thumbnailUrl and what else an export has; every other column is an attribute, and one with a
// type
// ("Price [Decimal]") in any case. With a mapping it takes the columns that the mapping names, and no others.
std::unique_ptr<Dialect> dialect_named(std::string_view name, DialectOptions options = {});
// Which one a header looks like.
std::string_view dialect_of(const std::vector<std::string>& header);

}  // namespace pim::exchange
