#include "catalog/products/product_json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "catalog/attribute_type.hpp"

namespace pim::catalog::products {
namespace {

void write_attribute(json::Array& out, const AttributeValue& attribute) {
  json::Object item = out.object();
  item.add("id", attribute.id)
      .add("name", attribute.name)
      .add("type", attribute.type)
      .add("userFriendlyType", friendly_type(attribute.type))
      .add("defaultValue", attribute.default_value)
      .add("value", attribute.value);
  if (attribute.is_inherited) item.add("inherited", true);
}

void write_attributes(json::Object& out, std::string_view key, const std::vector<AttributeValue>& attributes) {
  json::Array items = out.array(key);
  for (const AttributeValue& attribute : attributes) write_attribute(items, attribute);
}

void write_named(json::Object& out, std::string_view key, const std::optional<NamedRow>& row) {
  if (!row) return;
  json::Object item = out.object(key);
  item.add("id", row->id).add("name", row->name).add("description", row->description);
}

void write_family(json::Object& out, const std::optional<Family>& family) {
  if (!family) return;
  json::Object item = out.object("family");
  item.add("id", family->id).add("name", family->name);
  for (const bool required : {true, false}) {
    json::Array items = item.array(required ? "requiredAttributes" : "optionalAttributes");
    for (const FamilyValue& attribute : family->attributes) {
      if (attribute.is_required != required) continue;
      json::Object member = items.object();
      member.add("id", attribute.id)
          .add("name", attribute.name)
          .add("type", attribute.type)
          .add("defaultValue", attribute.default_value)
          .add("userFriendlyType", friendly_type(attribute.type))
          .add("value", attribute.value);
      if (attribute.is_inherited) member.add("inherited", true);
    }
  }
}

// How far a product is: of the attributes that its family requires, those that have a value, and which have none.
void write_completeness(json::Object& out, const std::optional<Family>& family, bool with_missing) {
  std::size_t required = 0, filled = 0;
  const auto is_missing = [](const FamilyValue& attribute) {
    return attribute.is_required && attribute.value.value_or("").empty();
  };
  if (family) {
    for (const FamilyValue& attribute : family->attributes) {
      if (attribute.is_required) ++required;
      if (attribute.is_required && !is_missing(attribute)) ++filled;
    }
  }
  json::Object item = out.object("completeness");
  item.add("required", required).add("filled", filled).add("percent", required == 0 ? 0 : filled * 100 / required);
  if (!with_missing) return;
  json::Array missing = item.array("missing");
  if (!family) return;
  for (const FamilyValue& attribute : family->attributes) {
    if (!is_missing(attribute)) continue;
    json::Object each = missing.object();
    each.add("id", attribute.id).add("name", attribute.name);
  }
}

void write_ref(json::Object& out, const ProductRef& product) {
  out.add("id", product.id)
      .add("name", product.name)
      .add("sku", product.sku)
      .add("imageUrl", product.image_url)
      .add("thumbnailUrl", product.thumbnail_url)
      .add("status", product.status);
}

void write_variants(json::Object& out, const std::vector<Variant>& variants) {
  if (!variants.empty()) {
    json::Array items = out.array("variants");
    for (const Variant& variant : variants) {
      json::Object item = items.object();
      write_ref(item, variant);
      if (!variant.attributes.empty()) write_attributes(item, "attributes", variant.attributes);
    }
  }
  out.add("totalVariants", variants.size());
}

void write_assets(json::Object& out, const std::vector<AssetRef>& assets, std::int32_t tenant,
                  const http::UrlSigner& signer) {
  json::Array items = out.array("assets");
  for (const AssetRef& asset : assets) {
    json::Object item = items.object();
    item.add("id", asset.id)
        .add("name", asset.name)
        .add("fileName", asset.file_name)
        .add("filePath", asset.file_path)
        .add("url", signer.sign(asset.file_path, tenant))
        .add("mimeType", asset.mime_type)
        .add("uploadDate", asset.upload_date)
        .add("size", fmt::format("{}", asset.size));
  }
}

template <class Row>
std::optional<std::int32_t> id_of(const std::optional<Row>& row) {
  return row ? std::optional(row->id) : std::nullopt;
}

struct Links {
  std::optional<std::int32_t> category, attribute_group, family;
};

// What a living product and one in the trash have alike.
template <class Row>
void write_columns(json::Object& out, const Row& product, const Links& links) {
  out.add("id", product.id)
      .add("name", product.name)
      .add("sku", product.sku)
      .add("productLink", product.product_link)
      .add("imageUrl", product.image_url)
      .add("subImages", product.sub_images)
      .add("thumbnailUrl", product.thumbnail_url)
      .add("thumbnailSubImages", product.thumbnail_sub_images)
      .add("status", product.status)
      .add("categoryId", links.category)
      .add("attributeGroupId", links.attribute_group)
      .add("familyId", links.family)
      .add("parentProductId", product.parent_product_id)
      .add("userId", product.user_id)
      .add("createdAt", product.created_at)
      .add("updatedAt", product.updated_at);
}

}  // namespace

namespace {

void write_item(json::Object& out, const Product& product, bool with_missing) {
  write_columns(out, product, {id_of(product.category), id_of(product.attribute_group), id_of(product.family)});
  write_completeness(out, product.family, with_missing);
  write_named(out, "category", product.category);
  write_named(out, "attributeGroup", product.attribute_group);
  write_family(out, product.family);
  write_variants(out, product.variants);
  write_attributes(out, "attributes", product.attributes);
}

}  // namespace

void write(json::Object& out, const Product& product) { write_item(out, product, false); }

void write(json::Object& out, const ProductDetail& product, const http::UrlSigner& signer) {
  write_item(out, product, true);
  if (product.parent_product) {
    json::Object parent = out.object("parentProduct");
    write_ref(parent, *product.parent_product);
  }
  write_assets(out, product.assets, product.user_id, signer);
}

void write(json::Object& out, const trash::DeletedProduct& product) {
  write_columns(out, product, {product.category_id, product.attribute_group_id, product.family_id});
  out.add("deletedAt", product.deleted_at)
      .add("isDeleted", product.is_deleted)
      .add("deletionId", product.deletion_id)
      .add("deletedBy", product.deleted_by)
      .add("purgeAt", product.purge_at);
}

void write_variant(json::Object& out, const Product& variant) {
  out.add("id", variant.id).add("name", variant.name).add("sku", variant.sku);
  if (variant.image_url) out.add("imageUrl", variant.image_url);
  out.add("status", variant.status)
      .add("parentProductId", variant.parent_product_id)
      .add("createdAt", variant.created_at)
      .add("updatedAt", variant.updated_at);
}

void write_values(json::Array& out, const std::vector<AttributeValue>& attributes) {
  for (const AttributeValue& attribute : attributes) {
    json::Object item = out.object();
    item.add("attributeId", attribute.id)
        .add("attributeName", attribute.name)
        .add("attributeType", attribute.type)
        .add("value", attribute.value)
        .add("defaultValue", attribute.default_value);
    if (attribute.is_inherited) item.add("inherited", true);
  }
}

std::string detail_json(const ProductDetail& product, const http::UrlSigner& signer, const Saved& saved) {
  std::string body;
  body.reserve(4096);  // most fit; grown from nothing it would be copied eight times
  {
    json::Object out{body};
    write(out, product, signer);
    if (!saved.already_in_family.empty()) {
      out.add("removedAttributesMessage", fmt::format("Removed duplicate attributes: {} (already present in family)",
                                                      fmt::join(saved.already_in_family, ", ")));
    }
    if (!saved.outside_family.empty()) {
      json::Array kept = out.array("attributesOutsideFamily");
      for (const Saved::Attribute& attribute : saved.outside_family) {
        json::Object item = kept.object();
        item.add("id", attribute.id).add("name", attribute.name);
      }
    }
  }
  return body;
}

}  // namespace pim::catalog::products
