// Looks for data that stands in the way or contradicts itself, and sets it right: shown first, recorded, and undone on
// demand.
//
// A check is a row of the table in checks.cpp: a name, a statement that finds (`count(*) OVER () AS total, what`, and
// where one command sets a row right, that), and the fix that it leads to. It works before a database is adopted too,
// unless it needs a table of ours.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::doctor {

enum class Severity : std::uint8_t { notice, warning, broken };
std::string_view name_of(Severity severity);

struct Check {
  std::string_view name, title;
  Severity severity;
  std::string_view needs;   // a table without which there is nothing to check; "" for none
  std::string_view find;    // the statement
  std::string_view fix;     // of `doctor --fix`; "" where people must decide
  std::string_view advice;  // what to do, or why nothing
  bool stops_adoption = false;
};
std::span<const Check> checks();

struct Finding {
  const Check* check;
  std::int64_t total = 0;
  std::vector<std::string> rows;  // the first of them, in words
};

// What of the checks finds something. Changes nothing.
Result<std::vector<Finding>> examine(pg::Blocking& connection, bool only_what_stops_adoption = false);

// The names that `fix` takes.
std::vector<std::string> fixes();

struct Fixed {
  std::int64_t entry = 0;  // of the journal; 0: there was nothing to do
  std::int64_t rows = 0;
  bool is_planned = false;  // it is done by the migration that makes the trash
  std::string deletions;    // "[12,13]", where rows went to the trash
};
// Does the fix in one transaction, and records it.
Result<Fixed> fix(pg::Blocking& connection, const std::string& name);

// Puts back what entry `id` changed; gives the number of rows.
Result<std::int64_t> undo(pg::Blocking& connection, std::int64_t id);

struct Entry {
  std::int64_t id;
  std::string at, operation, state;
  std::int64_t rows;
};
Result<std::vector<Entry>> history(pg::Blocking& connection);

// For the migration that makes the trash, in its transaction: before it, what is planned steps aside; after it, it goes
// there.
pg::Outcome<void> set_planned_aside(pg::Blocking& connection);
pg::Outcome<void> trash_planned(pg::Blocking& connection);

}  // namespace pim::ops::doctor
