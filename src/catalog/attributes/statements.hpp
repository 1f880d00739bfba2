// The statements of the slice, each with the types of its parameters and rows.
#pragma once

#include "catalog/attributes/attribute.hpp"
#include "pg/statement.hpp"
#include "sql/catalog/attributes.hpp"

namespace pim::catalog::attributes {

using Id = std::int32_t;
using Text = std::string_view;
using OptionalText = std::optional<std::string_view>;
using OptionalFlag = std::optional<bool>;
using OptionalTime = std::optional<pg::Timestamp>;
using Ids = std::vector<std::int32_t>;
using Texts = std::vector<std::string_view>;

inline const pg::Statement<Attribute(Id, Id)> find_attribute{"find_attribute",
                                                             sql::catalog::attributes::find_attribute};

// tenant, limit, offset, name like, type, has a default, is in groups, created from, to, ascending, sorted by
inline const pg::Statement<AttributePage(Id, Id, std::int64_t, OptionalText, OptionalText, OptionalFlag, OptionalFlag,
                                         OptionalTime, OptionalTime, bool, Text)>
    list_attributes{"list_attributes", sql::catalog::attributes::list_attributes, pg::Plan::fresh};
inline const pg::Statement<CountedAttributePage(Id, Id, std::int64_t)> list_attributes_with_counts{
    "list_attributes_with_counts", sql::catalog::attributes::list_attributes_with_counts, pg::Plan::fresh};

// tenant, product, attribute, beginning, at most
inline const pg::Statement<Suggestions(Id, Id, Id, Text, Id)> suggest_values{"suggest_values",
                                                                             sql::catalog::attributes::suggest_values};

// tenant, actor, name, type, unit, options, default, which is a JSON array or object; request id
inline const pg::Statement<CreatedAttribute(Id, Id, Text, Text, OptionalText, Texts, OptionalText, bool, Text)>
    create_attribute{"create_attribute", sql::catalog::attributes::create_attribute};

// tenant, actor, attribute, fields given, name, type, unit, options, default, which is a JSON array or object; even
// with misfits; request id
inline const pg::Statement<ChangedAttribute(Id, Id, Id, Texts, OptionalText, OptionalText, OptionalText, Texts,
                                            OptionalText, bool, bool, Text)>
    update_attribute{"update_attribute", sql::catalog::attributes::update_attribute};

}  // namespace pim::catalog::attributes
