// The trash of what the model of a catalogue consists of, each with a name that is unique among the living:
// attributes, attribute groups, families and categories. Each act is one statement, and happens whole or not at all.
//
// Links are never cut by a delete: values, members and assignments stay where they are, hidden by the views of what is
// living, and are there again when it comes back.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "async/task.hpp"
#include "base/act.hpp"
#include "http/page.hpp"
#include "pg/database.hpp"
#include "trash/deletion.hpp"
#include "trash/items.hpp"

namespace pim::trash {

enum class Kind : std::uint8_t { attribute, attribute_group, family, category };

// With a category, what is below it: in a delete all that is living there, in a restore what the same deletion took.
enum class Subtree : bool { left, taken };

// Moves one living thing to the trash. 404 where there is no such thing; 409 "category.has_subcategories" for a
// category with living ones below it, unless they are taken along.
Task<Result<Deleted>> delete_named(pg::Database& database, const Act& act, Kind kind, std::int32_t id,
                                   Subtree subtree = Subtree::left);

// Brings a trashed thing back. 404 where it is not in the trash; 409, naming who has the name, where it was taken
// meanwhile.
// `how`: what happens then instead, and with what it needs. Members of an answer; none of a plain restore.
Task<Result<RestoredOne>> restore_named(pg::Database& database, const Act& act, Kind kind, std::int32_t id,
                                        Subtree subtree = Subtree::taken, RestoreHow how = {});

// The page of the trash that is asked for, newest first: {"data":[…],"pagination":{…}}.
Task<Result<http::Response>> list_deleted_named(pg::Database& database, std::int32_t tenant, Kind kind, http::Page page,
                                                int retention_days);

}  // namespace pim::trash
