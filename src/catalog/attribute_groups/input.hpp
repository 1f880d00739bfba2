// What a client may send to create or change an attribute group, checked field by field.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"

namespace pim::catalog::attribute_groups {

enum class Purpose : std::uint8_t { create, update };

// What an attribute is in a group. Whether the default fits its type is for the statement to say.
struct Membership {
  bool required = false;
  std::optional<std::string> default_value;
  bool default_is_json = false;  // it was sent as an array or an object
};

struct Input {
  std::vector<std::string> given;  // the fields that the body has
  std::optional<std::string> name, description;
  std::vector<std::int32_t> attribute_ids;
  std::vector<Membership> memberships;  // of those, in their order
};

// The Problem is 400 with one message for each thing that is wrong.
Result<Input> read_input(const boost::json::value& body, Purpose purpose);
// The body of one attribute that is put into a group: {"required"?,"defaultValue"?}.
Result<Membership> read_membership(const boost::json::value& body);

}  // namespace pim::catalog::attribute_groups
