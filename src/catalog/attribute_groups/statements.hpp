// The statements of the slice, each with the types of its parameters and rows.
#pragma once

#include "catalog/attribute_groups/attribute_group.hpp"
#include "pg/statement.hpp"
#include "sql/catalog/attribute_groups.hpp"

namespace pim::catalog::attribute_groups {

using Id = std::int32_t;
using Text = std::string_view;
using OptionalId = std::optional<std::int32_t>;
using OptionalText = std::optional<std::string_view>;
using OptionalFlag = std::optional<bool>;
using OptionalTime = std::optional<pg::Timestamp>;
using Ids = std::vector<std::int32_t>;
using Texts = std::vector<std::string_view>;
using OptionalTexts = std::vector<std::optional<std::string_view>>;

inline const pg::Statement<AttributeGroup(Id, Id)> find_attribute_group{
    "find_attribute_group", sql::catalog::attribute_groups::find_attribute_group};

// tenant, limit, offset, like, has a description, attributes at least, at most, created from, to, ascending, sorted by
inline const pg::Statement<AttributeGroupPage(Id, Id, std::int64_t, OptionalText, OptionalFlag, OptionalId, OptionalId,
                                              OptionalTime, OptionalTime, bool, Text)>
    list_attribute_groups{"list_attribute_groups", sql::catalog::attribute_groups::list_attribute_groups,
                          pg::Plan::fresh};

// tenant, actor, name, description; of the attributes: ids, required, defaults, which are JSON; request id
inline const pg::Statement<SavedGroup(Id, Id, Text, OptionalText, Ids, Ids, OptionalTexts, Ids, Text)>
    create_attribute_group{"create_attribute_group", sql::catalog::attribute_groups::create_attribute_group};

// tenant, actor, group, fields given, then as above
inline const pg::Statement<SavedGroup(Id, Id, Id, Texts, OptionalText, OptionalText, Ids, Ids, OptionalTexts, Ids,
                                      Text)>
    update_attribute_group{"update_attribute_group", sql::catalog::attribute_groups::update_attribute_group};

// tenant, actor, group, attribute, required, default, which is JSON; request id
inline const pg::Statement<AddedMember(Id, Id, Id, Id, bool, OptionalText, bool, Text)> add_group_attribute{
    "add_group_attribute", sql::catalog::attribute_groups::add_group_attribute};
inline const pg::Statement<RemovedMember(Id, Id, Id, Id, Text)> remove_group_attribute{
    "remove_group_attribute", sql::catalog::attribute_groups::remove_group_attribute};

}  // namespace pim::catalog::attribute_groups
