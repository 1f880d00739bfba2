// The statements of an export, with their rows.
#pragma once

#include "pg/statement.hpp"
#include "sql/exchange/exports.hpp"

namespace pim::exchange::exports {

struct AttributeRow {
  std::int32_t id;
  std::string_view name, type;
  std::optional<std::string_view> default_value;
};
BOOST_DESCRIBE_STRUCT(AttributeRow, (), (id, name, type, default_value))

struct CategoryRow {
  std::int32_t id;
  std::vector<std::string_view> path;
  std::optional<std::string_view> description;
};
BOOST_DESCRIBE_STRUCT(CategoryRow, (), (id, path, description))

struct FamilyAttribute {
  std::int32_t id;  // the attribute's
  bool is_required;
};
BOOST_DESCRIBE_STRUCT(FamilyAttribute, (), (id, is_required))

struct FamilyRow {
  std::int32_t id;
  std::string_view name;
  std::vector<FamilyAttribute> attributes;
};
BOOST_DESCRIBE_STRUCT(FamilyRow, (), (id, name, attributes))

struct GroupRow {
  std::int32_t id;
  std::string_view name;
  std::optional<std::string_view> description;
};
BOOST_DESCRIBE_STRUCT(GroupRow, (), (id, name, description))

struct Value {
  std::int32_t attribute;
  std::string_view value;
};
BOOST_DESCRIBE_STRUCT(Value, (), (attribute, value))

struct VariantRow {
  std::string_view name, sku;
};
BOOST_DESCRIBE_STRUCT(VariantRow, (), (name, sku))

struct ProductRow {
  std::int32_t id;
  std::string_view name, sku, status;
  std::optional<std::string_view> product_link, image_url;
  std::vector<std::string_view> sub_images;
  std::optional<std::string_view> thumbnail_url;
  std::vector<std::string_view> thumbnail_sub_images;
  std::optional<std::int32_t> category_id, attribute_group_id, family_id;
  std::int32_t user_id;
  pg::Timestamp created_at, updated_at;
  std::optional<std::string_view> parent_sku;
  std::vector<std::int32_t> more_categories;
  std::vector<Value> values;
  std::vector<VariantRow> variants;
};
BOOST_DESCRIBE_STRUCT(ProductRow, (),
                      (id, name, sku, status, product_link, image_url, sub_images, thumbnail_url, thumbnail_sub_images,
                       category_id, attribute_group_id, family_id, user_id, created_at, updated_at, parent_sku,
                       more_categories, values, variants))

inline const pg::Statement<AttributeRow(std::int32_t)> list_attributes{"export_attributes",
                                                                       sql::exchange::exports::list_attributes};
inline const pg::Statement<CategoryRow(std::int32_t)> list_categories{"export_categories",
                                                                      sql::exchange::exports::list_categories};
inline const pg::Statement<FamilyRow(std::int32_t)> list_families{"export_families",
                                                                  sql::exchange::exports::list_families};
inline const pg::Statement<GroupRow(std::int32_t)> list_attribute_groups{"export_attribute_groups",
                                                                         sql::exchange::exports::list_attribute_groups};
// tenant, ids, with the variants
inline const pg::Statement<ProductRow(std::int32_t, std::vector<std::int32_t>, bool)> export_products{
    "export_products", sql::exchange::exports::export_products};

}  // namespace pim::exchange::exports
