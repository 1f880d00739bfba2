// A product as a file describes it, whatever the file's dialect.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/problem.hpp"

namespace pim::exchange {

// What the file does not say is nullopt or absent, and stays as it is in the catalogue.
struct Record {
  std::string sku, name;
  std::optional<std::string> family, product_link, image_url, thumbnail_url;
  std::optional<std::vector<std::string>> sub_images;
  std::optional<std::vector<std::vector<std::string>>> categories;  // paths, from the root; the first is the product's
  std::optional<std::string> parent_sku;
  std::vector<std::string> variant_skus;                        // its variants, where the parent names them
  std::vector<std::pair<std::string, std::string>> attributes;  // names and values; empty values are left out
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
  virtual Record read(Fields fields) const = 0;
  // Columns that say nothing of a product and are not taken.
  virtual const std::vector<std::string>& left_out() const = 0;
};

// Which column a field is read from: {"name", "Title"}, {"Colour", "Color [Short text]"}. A field is one of the
// generic dialect's, or an attribute's name.
using Mapping = std::vector<std::pair<std::string, std::string>>;

// "magento", or "generic"; null for another name. The generic dialect goes by the header: sku, name, family,
// category, parentSku, productLink, imageUrl, subImages, thumbnailUrl; every other column is an attribute. With a
// mapping it takes the columns that the mapping names, and no others.
std::unique_ptr<Dialect> dialect_named(std::string_view name, Mapping mapping = {});
// Which one a header looks like.
std::string_view dialect_of(const std::vector<std::string>& header);

}  // namespace pim::exchange
