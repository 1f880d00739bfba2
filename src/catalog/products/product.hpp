// What a product is: the rows that statements give, and how they are written to clients.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pg/codec.hpp"

namespace pim::catalog::products {

struct NamedRow {  // a category or an attribute group, as a product shows it
  std::int32_t id;
  std::string_view name;
  std::optional<std::string_view> description;
};
BOOST_DESCRIBE_STRUCT(NamedRow, (), (id, name, description))

struct AttributeValue {
  std::int32_t id;  // the attribute's
  std::string_view name, type;
  std::optional<std::string_view> default_value, value;
  bool is_inherited;  // a variant's, from its parent
};
BOOST_DESCRIBE_STRUCT(AttributeValue, (), (id, name, type, default_value, value, is_inherited))

struct FamilyValue : AttributeValue {
  bool is_required;
};
BOOST_DESCRIBE_STRUCT(FamilyValue, (AttributeValue), (is_required))

struct Family {
  std::int32_t id;
  std::string_view name;
  std::vector<FamilyValue> attributes;
};
BOOST_DESCRIBE_STRUCT(Family, (), (id, name, attributes))

struct ProductRef {
  std::int32_t id;
  std::string_view name, sku;
  std::optional<std::string_view> image_url, thumbnail_url;
  std::string_view status;
};
BOOST_DESCRIBE_STRUCT(ProductRef, (), (id, name, sku, image_url, thumbnail_url, status))

struct Variant : ProductRef {
  std::vector<AttributeValue> attributes;  // those that differ from the parent's
};
BOOST_DESCRIBE_STRUCT(Variant, (ProductRef), (attributes))

struct AssetRef {
  std::int32_t id;
  std::string_view name, file_name, file_path, mime_type;
  pg::Timestamp upload_date;
  std::int64_t size;  // bytes
};
BOOST_DESCRIBE_STRUCT(AssetRef, (), (id, name, file_name, file_path, mime_type, upload_date, size))

struct Product {
  std::int32_t id;
  std::string_view name, sku;
  std::optional<std::string_view> product_link, image_url;
  std::vector<std::string_view> sub_images;
  std::optional<std::string_view> thumbnail_url;
  std::vector<std::string_view> thumbnail_sub_images;
  std::string_view status;
  std::int32_t user_id;
  std::optional<std::int32_t> parent_product_id;
  pg::Timestamp created_at, updated_at;
  std::int32_t version;
  std::optional<NamedRow> category, attribute_group;  // null too while they are in the trash
  std::optional<Family> family;
  std::vector<AttributeValue> attributes;
  std::vector<Variant> variants;
};
BOOST_DESCRIBE_STRUCT(Product, (),
                      (id, name, sku, product_link, image_url, sub_images, thumbnail_url, thumbnail_sub_images, status,
                       user_id, parent_product_id, created_at, updated_at, version, category, attribute_group, family,
                       attributes, variants))

struct ProductDetail : Product {
  std::optional<ProductRef> parent_product;
  std::vector<AssetRef> assets;
};
BOOST_DESCRIBE_STRUCT(ProductDetail, (Product), (parent_product, assets))

struct Counted {
  std::int64_t total;  // rows in the whole list
};
BOOST_DESCRIBE_STRUCT(Counted, (), (total))

struct ListedProduct : Counted, Product {};
BOOST_DESCRIBE_STRUCT(ListedProduct, (Counted, Product), ())

}  // namespace pim::catalog::products
