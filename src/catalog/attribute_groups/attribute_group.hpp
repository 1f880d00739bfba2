// What an attribute group is: the rows that statements give.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "pg/codec.hpp"

namespace pim::catalog::attribute_groups {

struct MemberAttribute {
  std::int32_t id;
  std::string_view name, type;
  std::optional<std::string_view> unit;
  std::optional<std::vector<std::string_view>> options;
  std::optional<std::string_view> default_value;
  std::int32_t user_id;
};
BOOST_DESCRIBE_STRUCT(MemberAttribute, (), (id, name, type, unit, options, default_value, user_id))

// That an attribute is in the group, and what it is there.
struct Member {
  std::int32_t id, attribute_id;
  bool required;
  std::optional<std::string_view> default_value;
  pg::Timestamp created_at;
  MemberAttribute attribute;
};
BOOST_DESCRIBE_STRUCT(Member, (), (id, attribute_id, required, default_value, created_at, attribute))

struct AttributeGroup {
  std::int32_t id;
  std::string_view name;
  std::optional<std::string_view> description;
  std::int32_t user_id;
  pg::Timestamp created_at, updated_at;
  std::vector<Member> members;  // living attributes only
};
BOOST_DESCRIBE_STRUCT(AttributeGroup, (), (id, name, description, user_id, created_at, updated_at, members))

struct AttributeGroupPage {
  std::int64_t total;
  std::vector<AttributeGroup> items;
};
BOOST_DESCRIBE_STRUCT(AttributeGroupPage, (), (total, items))

struct SavedGroup {
  std::vector<std::int32_t> unknown_attributes;
  std::vector<std::string_view> troubles;
  std::optional<AttributeGroup> group;  // none where something is wrong
};
BOOST_DESCRIBE_STRUCT(SavedGroup, (), (unknown_attributes, troubles, group))

struct AddedMember {
  bool group_found, attribute_found;
  std::optional<std::string_view> trouble;
  std::optional<Member> member;
};
BOOST_DESCRIBE_STRUCT(AddedMember, (), (group_found, attribute_found, trouble, member))

struct RemovedMember {
  bool group_found;
  std::int64_t removed;
};
BOOST_DESCRIBE_STRUCT(RemovedMember, (), (group_found, removed))

}  // namespace pim::catalog::attribute_groups
