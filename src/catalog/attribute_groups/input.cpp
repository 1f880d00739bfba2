#include "catalog/attribute_groups/input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.hpp"
#include "catalog/attribute_type.hpp"
#include "http/fields.hpp"

namespace pim::catalog::attribute_groups {
namespace {

constexpr std::size_t description_max = 1000, attributes_max = 1000;

// The body with its name trimmed.
boost::json::value with_trimmed_name(boost::json::value body) {
  if (auto* const object = body.if_object()) {
    if (auto* const name = object->if_contains("name"); name != nullptr && name->is_string()) {
      *name = boost::json::string(trimmed(std::string(name->get_string())));
    }
  }
  return body;
}

// Reads the members of `object` that say what an attribute is in a group; `where` precedes the names in troubles.
Membership read_members(const boost::json::object& object, const std::string& where, http::Fields& fields) {
  Membership membership;
  if (const boost::json::value* value = object.if_contains("required"); value != nullptr && !value->is_null()) {
    if (value->is_bool()) {
      membership.required = value->get_bool();
    } else {
      fields.complain(fmt::format("{}required must be a boolean value", where));
    }
  }
  if (const boost::json::value* value = object.if_contains("defaultValue"); value != nullptr) {
    membership.default_value = value_text(*value);
    membership.default_is_json = value->is_array() || value->is_object();
    if (membership.default_value && membership.default_value->contains('\0')) {
      fields.complain(fmt::format("{}defaultValue must not contain a zero character", where));
    }
  }
  return membership;
}

void read_attribute(const boost::json::value& item, std::size_t index, Input& input, http::Fields& fields) {
  const std::string where = fmt::format("attributes.{}.", index);
  if (!item.is_object()) return fields.complain("each value in attributes must be an object");
  const boost::json::object& object = item.get_object();
  for (const auto& [key, value] : object) {
    const std::string_view name = key;
    if (name != "attributeId" && name != "required" && name != "defaultValue") {
      fields.complain(fmt::format("{}property {} should not exist", where, name));
    }
  }
  const boost::json::value* id = object.if_contains("attributeId");
  boost::system::error_code error;
  const auto number = id != nullptr && id->is_number() ? id->to_number<std::int32_t>(error) : 0;
  if (id == nullptr || !id->is_number() || error) {
    return fields.complain(fmt::format("{}attributeId must be an integer number", where));
  }
  if (std::ranges::find(input.attribute_ids, number) != input.attribute_ids.end()) {
    fields.complain(fmt::format("{}attributeId {} is given twice", where, number));
  }
  input.attribute_ids.push_back(number);
  input.memberships.push_back(read_members(object, where, fields));
}

void read_attributes(const boost::json::value& value, Input& input, http::Fields& fields) {
  if (!value.is_array()) return fields.complain("attributes must be an array");
  if (value.get_array().size() > attributes_max) {
    return fields.complain(fmt::format("attributes must contain no more than {} elements", attributes_max));
  }
  std::size_t index = 0;
  for (const boost::json::value& item : value.get_array()) read_attribute(item, index++, input, fields);
}

}  // namespace

Result<Input> read_input(const boost::json::value& sent, Purpose purpose) {
  const boost::json::value body = with_trimmed_name(sent);
  http::Fields fields(body, {"name", "description", "attributes"});
  const boost::json::object* const object = body.if_object();
  const auto is_given = [&](std::string_view name) { return object != nullptr && object->contains(name); };

  Input input;
  for (const std::string_view name : {"name", "description", "attributes"}) {
    if (is_given(name)) input.given.emplace_back(name);
  }
  if (purpose == Purpose::create || is_given("name")) input.name = fields.text("name");
  input.description = fields.optional_text("description", 0, description_max);
  if (input.description && input.description->empty()) input.description.reset();
  if (is_given("attributes")) {
    read_attributes(body.at("attributes"), input, fields);
  } else if (purpose == Purpose::create) {
    fields.complain("attributes must be an array");
  }
  if (auto checked = fields.check(); !checked) return std::unexpected(std::move(checked).error());
  return input;
}

Result<Membership> read_membership(const boost::json::value& body) {
  http::Fields fields(body, {"required", "defaultValue"});
  Membership membership;
  if (body.is_object()) membership = read_members(body.get_object(), "", fields);
  if (auto checked = fields.check(); !checked) return std::unexpected(std::move(checked).error());
  return membership;
}

}  // namespace pim::catalog::attribute_groups
