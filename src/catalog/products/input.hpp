// What a client may send to create or change a product, checked field by field.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"

namespace pim::catalog::products {

// A variant is created below a parent that the path names.
enum class Purpose : std::uint8_t { create, update, variant };

// Texts are trimmed. `given` names the fields that the body has; a nullable one that is given and empty is
// to be cleared.
struct Input {
  std::vector<std::string> given;
  std::optional<std::string> name, sku, product_link, image_url, thumbnail_url;
  std::optional<std::vector<std::string>> sub_images, thumbnail_sub_images;
  std::optional<std::int32_t> category_id, attribute_group_id, family_id, parent_product_id;
  std::optional<std::string> parent_sku;
  std::vector<std::int32_t> attributes;  // without a value
  struct Values {
    std::vector<std::int32_t> ids;
    std::vector<std::optional<std::string>> values;
  };
  Values values, family_values;
  std::vector<std::int32_t> assets;
  bool update_existing = false;
  std::optional<std::int32_t> parent_id;  // of a new variant, from the path

  bool has(std::string_view field) const;
};

// Reads a body. The Problem is 400 with one message for each thing that is wrong with it, unknown fields too.
Result<Input> read_input(const boost::json::value& body, Purpose purpose);
// The body of PATCH /products/:id/attributes: values, of whatever attributes.
Result<Input> read_values(const boost::json::value& body);

}  // namespace pim::catalog::products
