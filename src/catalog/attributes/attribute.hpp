// What an attribute is: the rows that statements give.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "pg/codec.hpp"

namespace pim::catalog::attributes {

struct GroupName {
  std::int32_t id;
  std::string_view name;
  std::optional<std::string_view> description;
};
BOOST_DESCRIBE_STRUCT(GroupName, (), (id, name, description))

// That an attribute is in a group, and what it is there.
struct GroupLink {
  std::int32_t id, attribute_id, attribute_group_id;
  bool required;
  std::optional<std::string_view> default_value;
  pg::Timestamp created_at;
  GroupName group;
};
BOOST_DESCRIBE_STRUCT(GroupLink, (), (id, attribute_id, attribute_group_id, required, default_value, created_at, group))

struct Attribute {
  std::int32_t id;
  std::string_view name, type;
  std::optional<std::string_view> unit;
  std::optional<std::vector<std::string_view>> options;  // of ENUM and ARRAY; none: anything goes
  std::optional<std::string_view> default_value;
  std::int32_t user_id;
  pg::Timestamp created_at, updated_at;
  std::vector<GroupLink> groups;
};
BOOST_DESCRIBE_STRUCT(Attribute, (),
                      (id, name, type, unit, options, default_value, user_id, created_at, updated_at, groups))

struct CountedAttribute : Attribute {
  std::int64_t product_count;  // living products that carry it
};
BOOST_DESCRIBE_STRUCT(CountedAttribute, (Attribute), (product_count))

struct AttributePage {
  std::int64_t total;
  std::vector<Attribute> items;
};
BOOST_DESCRIBE_STRUCT(AttributePage, (), (total, items))

struct CountedAttributePage {
  std::int64_t total;
  std::vector<CountedAttribute> items;
};
BOOST_DESCRIBE_STRUCT(CountedAttributePage, (), (total, items))

// A value that does not fit the type or the options that an attribute is to get.
struct Misfit {
  std::string_view place;  // product, attributeGroup, family, or attribute: its own default
  std::int32_t id;
  std::string_view name, value, trouble;
};
BOOST_DESCRIBE_STRUCT(Misfit, (), (place, id, name, value, trouble))

struct CreatedAttribute {
  std::optional<std::string_view> trouble;
  std::optional<Attribute> attribute;
};
BOOST_DESCRIBE_STRUCT(CreatedAttribute, (), (trouble, attribute))

struct ChangedAttribute {
  std::optional<std::string_view> trouble;
  std::string_view new_type;
  bool converts;                          // type or options change
  std::int64_t misfits;                   // values that do not fit
  std::vector<Misfit> examples;           // the first of them
  std::optional<std::int32_t> converted;  // values that were brought into the new type's form
  std::optional<Attribute> attribute;     // as it is now; none where nothing was changed
};
BOOST_DESCRIBE_STRUCT(ChangedAttribute, (), (trouble, new_type, converts, misfits, examples, converted, attribute))

struct Suggestions {
  bool attribute_found, product_found;
  std::vector<std::string_view> texts;
};
BOOST_DESCRIBE_STRUCT(Suggestions, (), (attribute_found, product_found, texts))

}  // namespace pim::catalog::attributes
