#include "catalog/attributes/attribute_json.hpp"

#include "catalog/attribute_type.hpp"

namespace pim::catalog::attributes {
namespace {

void write_groups(json::Object& out, const Attribute& attribute) {
  json::Array items = out.array("attributeGroups");
  for (const GroupLink& link : attribute.groups) {
    json::Object item = items.object();
    item.add("id", link.id)
        .add("attributeId", link.attribute_id)
        .add("attributeGroupId", link.attribute_group_id)
        .add("required", link.required);
    add_value(item, "defaultValue", attribute.type, link.default_value);
    item.add("createdAt", link.created_at);
    item.object("attributeGroup")
        .add("id", link.group.id)
        .add("name", link.group.name)
        .add("description", link.group.description);
  }
}

}  // namespace

void write(json::Object& out, const Attribute& attribute) {
  out.add("id", attribute.id)
      .add("name", attribute.name)
      .add("type", attribute.type)
      .add("userFriendlyType", friendly_type(attribute.type))
      .add("unit", attribute.unit)
      .add("options", attribute.options);
  add_value(out, "defaultValue", attribute.type, attribute.default_value);
  out.add("userId", attribute.user_id).add("createdAt", attribute.created_at).add("updatedAt", attribute.updated_at);
  write_groups(out, attribute);
}

void write(json::Object& out, const CountedAttribute& attribute) {
  write(out, static_cast<const Attribute&>(attribute));
  out.add("productCount", attribute.product_count);
}

std::string conversion_json(const ChangedAttribute& changed) {
  std::string body;
  json::Object out{body};
  out.add("changed", changed.converted.value_or(0)).add("misfits", changed.misfits);
  {
    json::Array examples = out.array("examples");
    for (const Misfit& misfit : changed.examples) {
      examples.object()
          .add("in", misfit.place)
          .add("id", misfit.id)
          .add("name", misfit.name)
          .add("value", misfit.value)
          .add("reason", misfit.trouble);
    }
  }
  out.close();
  return body;
}

std::string types_json() {
  std::string body;
  json::Object out{body};
  {
    json::Array shown = out.array("userFriendlyTypes");
    for (const FriendlyType& type : friendly_types) shown.add(type.shown);
  }
  {
    json::Object mapping = out.object("typeMapping");
    for (const FriendlyType& type : friendly_types) mapping.add(type.shown, type.stored);
  }
  {
    json::Array stored = out.array("types");
    for (const std::string_view type : stored_types) stored.add(type);
  }
  out.add("description",
          "Available attribute types for creating attributes. Use the user-friendly types in your frontend.");
  out.close();
  return body;
}

}  // namespace pim::catalog::attributes
