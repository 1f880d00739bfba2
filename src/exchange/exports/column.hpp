// What an export tells of a product, column by column.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pim::exchange::exports {

enum class Field : std::uint8_t {
  // Those that an import takes back.
  sku,
  name,
  family,
  family_attributes,
  category,
  more_categories,
  attribute_group,
  parent_sku,
  product_link,
  image_url,
  sub_images,
  thumbnail_url,
  thumbnail_sub_images,
  // Those that it computes or leaves out.
  status,
  id,
  created_at,
  updated_at,
  // Those that the replaced service has besides.
  category_id,
  category_name,
  category_description,
  attribute_id,
  attribute_name,
  attribute_type,
  attribute_default_value,
  attribute_group_id,
  attribute_group_name,
  attribute_group_description,
  family_id,
  family_name,
  variant_count,
  variant_names,
  variant_skus,
  user_id,
  custom_attributes,
  attribute  // the value of one attribute
};

struct Column {
  std::string name;  // the file's name for it
  Field field;
  std::int32_t attribute = 0;  // of Field::attribute: its id
  std::string type{};          // and its type
  std::string otherwise{};     // what stands for a value that is not there
};

// What stands in a column of one product: nothing, a text, a number, a list, or JSON. It is there while its row is.
struct Json {
  std::string_view text;
};
using Cell = std::variant<std::monostate, std::string_view, std::int64_t, std::vector<std::string_view>, Json>;

// The column of that name in GET /products/export ("sku", "moreCategories"); nullopt for another name.
std::optional<Field> field_named(std::string_view name) noexcept;
std::string_view name_of(Field field) noexcept;
// The columns that are exported where none are chosen, in their order.
std::vector<Column> usual_columns();
// That of the replaced service's list ("categoryName", "customAttributes"); nullopt for another name.
std::optional<Field> old_field_named(std::string_view name) noexcept;

// A cell as one text. Lists have commas between their items, and are JSON where an item has one itself.
std::string text_of(const Cell& cell);

}  // namespace pim::exchange::exports
