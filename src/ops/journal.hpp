// What operators did to a database, kept in it: what was found, what was done, and what was there before.
#pragma once

#include <string_view>

#include "base/problem.hpp"
#include "pg/blocking.hpp"

namespace pim::ops {

// Makes its tables, where they are not there yet. They exist before any migration of ours does: what is done to a
// database on its way here is in it too.
pg::Outcome<void> make_journal(pg::Blocking& connection);

// A new entry; gives its number. `detail` is JSON.
pg::Outcome<std::int64_t> note(pg::Blocking& connection, std::string_view operation, std::string_view state,
                               std::string_view detail);
// What an entry says now.
pg::Outcome<void> note_again(pg::Blocking& connection, std::int64_t entry, std::string_view state,
                             std::string_view detail);

// A failure of the database on the command line, with what can be done about it.
std::unexpected<Problem> operator_failure(const pg::Error& error);

}  // namespace pim::ops
