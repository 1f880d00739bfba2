#include "catalog/families/family_json.hpp"

#include "catalog/attribute_type.hpp"

namespace pim::catalog::families {
namespace {

void write_columns(json::Object& out, const Family& family) {
  out.add("id", family.id)
      .add("name", family.name)
      .add("userId", family.user_id)
      .add("createdAt", family.created_at)
      .add("updatedAt", family.updated_at)
      .add("productCount", family.product_count)
      .add("totalAttributes", family.members.size());
}

}  // namespace

void write(json::Object& out, const Family& family) {
  write_columns(out, family);
  json::Array members = out.array("familyAttributes");
  for (const Member& member : family.members) {
    json::Object item = members.object();
    item.add("id", member.id).add("isRequired", member.is_required).add("additionalValue", member.additional_value);
    json::Object attribute = item.object("attribute");
    attribute.add("id", member.attribute_id).add("name", member.name).add("type", member.type);
    add_value(attribute, "defaultValue", member.type, member.default_value);
    attribute.add("userId", member.user_id);
  }
}

void write(json::Object& out, const FamilyDetail& family) {
  write(out, static_cast<const Family&>(family));
  json::Array products = out.array("products");
  for (const ProductRef& product : family.products) {
    products.object()
        .add("id", product.id)
        .add("name", product.name)
        .add("sku", product.sku)
        .add("status", product.status)
        .add("imageUrl", product.image_url);
  }
}

void write_saved(json::Object& out, const Member& member) {
  out.add("id", member.id)
      .add("familyId", member.family_id)
      .add("attributeId", member.attribute_id)
      .add("isRequired", member.is_required)
      .add("additionalValue", member.additional_value)
      .add("createdAt", member.created_at);
  out.object("attribute")
      .add("id", member.attribute_id)
      .add("name", member.name)
      .add("type", member.type)
      .add("defaultValue", member.default_value)
      .add("userId", member.user_id)
      .add("createdAt", member.attribute_created_at)
      .add("updatedAt", member.attribute_updated_at);
}

void write_saved(json::Object& out, const Family& family) {
  write_columns(out, family);
  json::Array members = out.array("familyAttributes");
  for (const Member& member : family.members) {
    json::Object item = members.object();
    write_saved(item, member);
  }
}

}  // namespace pim::catalog::families
