// What a family is, and the statements of the slice, each with the types of its parameters and rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "pg/statement.hpp"
#include "sql/catalog/families.hpp"

namespace pim::catalog::families {

using Id = std::int32_t;
using OptionalId = std::optional<std::int32_t>;
using Text = std::string_view;
using OptionalText = std::optional<std::string_view>;
using OptionalTime = std::optional<pg::Timestamp>;
using OptionalFlag = std::optional<bool>;
using Ids = std::vector<std::int32_t>;
using OptionalTexts = std::vector<std::optional<std::string_view>>;

// An attribute of a family.
struct Member {
  Id id, family_id;
  bool is_required;
  OptionalText additional_value;
  pg::Timestamp created_at;
  Id attribute_id;
  Text name, type;
  OptionalText default_value;
  Id user_id;
  pg::Timestamp attribute_created_at, attribute_updated_at;
};
BOOST_DESCRIBE_STRUCT(Member, (),
                      (id, family_id, is_required, additional_value, created_at, attribute_id, name, type,
                       default_value, user_id, attribute_created_at, attribute_updated_at))

struct Family {
  Id id;
  Text name;
  Id user_id;
  pg::Timestamp created_at, updated_at;
  std::int64_t product_count;
  std::vector<Member> members;
};
BOOST_DESCRIBE_STRUCT(Family, (), (id, name, user_id, created_at, updated_at, product_count, members))

struct Counted {
  std::int64_t total;  // rows in the whole list
};
BOOST_DESCRIBE_STRUCT(Counted, (), (total))

struct ListedFamily : Counted, Family {};
BOOST_DESCRIBE_STRUCT(ListedFamily, (Counted, Family), ())

struct ProductRef {
  Id id;
  Text name, sku, status;
  OptionalText image_url;
};
BOOST_DESCRIBE_STRUCT(ProductRef, (), (id, name, sku, status, image_url))

struct FamilyDetail : Family {
  std::vector<ProductRef> products;
};
BOOST_DESCRIBE_STRUCT(FamilyDetail, (Family), (products))

// Why nothing was written, and the id where it was.
struct Created {
  OptionalId id;
  Ids unknown_attributes, wrong_places;
  std::vector<Text> troubles;  // of the attributes in wrong_places, counted from 1
};
BOOST_DESCRIBE_STRUCT(Created, (), (id, unknown_attributes, wrong_places, troubles))

struct Updated {
  OptionalId id;
  bool is_found, is_stale;
  Ids unknown_attributes, wrong_places;
  std::vector<Text> troubles;
  Id removed;
  std::int64_t kept_values;  // of living products, in attributes that left the family
};
BOOST_DESCRIBE_STRUCT(Updated, (),
                      (id, is_found, is_stale, unknown_attributes, wrong_places, troubles, removed, kept_values))

struct Added {
  OptionalId id;
  bool is_found;
  Ids unknown_attributes, wrong_places;
  std::vector<Text> troubles;
};
BOOST_DESCRIBE_STRUCT(Added, (), (id, is_found, unknown_attributes, wrong_places, troubles))

struct Removed {
  bool is_found;
  Id removed;
  std::int64_t kept_values;
};
BOOST_DESCRIBE_STRUCT(Removed, (), (is_found, removed, kept_values))

// tenant, limit, offset, name like, attributes, all of them, has products, has required attributes, made from and up
// to, products at least and at most, attributes at least and at most, sorted by, ascending
inline const pg::Statement<ListedFamily(Id, Id, std::int64_t, OptionalText, std::optional<Ids>, bool, OptionalFlag,
                                        OptionalFlag, OptionalTime, OptionalTime, OptionalId, OptionalId, OptionalId,
                                        OptionalId, Text, bool)>
    list_families{"list_families", sql::catalog::families::list_families, pg::Plan::fresh};
// tenant, family, limit and offset of its products
inline const pg::Statement<FamilyDetail(Id, Id, Id, std::int64_t)> find_family{"find_family",
                                                                               sql::catalog::families::find_family};
// tenant, family, attribute
inline const pg::Statement<Member(Id, Id, Id)> find_family_attribute{"find_family_attribute",
                                                                     sql::catalog::families::find_family_attribute};
// tenant, actor, name, attributes, the required ones, additional values, request id
inline const pg::Statement<Created(Id, Id, Text, Ids, Ids, OptionalTexts, Text)> create_family{
    "create_family", sql::catalog::families::create_family};
// tenant, actor, family, attributes, the required ones, additional values, name, request id, required ones are given,
// others are given, attributes whose additional value is given
inline const pg::Statement<Updated(Id, Id, Id, Ids, Ids, OptionalTexts, OptionalText, Text, bool, bool, Ids)>
    update_family{"update_family", sql::catalog::families::update_family};
// tenant, actor, family, attribute, the same where it is required, additional value, request id
inline const pg::Statement<Added(Id, Id, Id, Ids, Ids, OptionalTexts, Text)> add_family_attribute{
    "add_family_attribute", sql::catalog::families::add_family_attribute};
// tenant, actor, family, attribute, request id
inline const pg::Statement<Removed(Id, Id, Id, Id, Text)> remove_family_attribute{
    "remove_family_attribute", sql::catalog::families::remove_family_attribute};

}  // namespace pim::catalog::families
