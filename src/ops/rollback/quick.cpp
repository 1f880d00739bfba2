#include "ops/rollback/quick.hpp"

#include <fmt/format.h>

#include "ops/has_table.hpp"
#include "ops/journal.hpp"
#include "sql/ops/rollback.hpp"

namespace pim::ops::rollback {
namespace {

namespace text = sql::ops::rollback;

Result<void> check_switch(pg::Blocking& connection) {
  auto there = has_table(connection, "TrashOff");
  if (!there) return operator_failure(there.error());
  if (*there) return {};
  return failure("This database has no trash that could be switched off.",
                 "`pixelpim migrate status` says what is to be applied.");
}

pg::Outcome<std::int64_t> count_trash(pg::Blocking& connection) {
  auto rows = connection.query(std::string(text::in_trash));
  if (!rows) return std::unexpected(std::move(rows).error());
  return rows->number(0, 0);
}

// The switch and the journal's entry commit together.
pg::Outcome<Switched> turn(pg::Blocking& connection, std::string_view statement,
                           std::initializer_list<pg::Blocking::Value> values, std::string_view operation) {
  auto transaction = pg::Transaction::begin(connection);
  if (!transaction) return std::unexpected(transaction.error());
  auto rows = connection.query(std::string(statement), values);
  if (!rows) return std::unexpected(std::move(rows).error());
  Switched switched{.since = std::string(rows->text(0, 0)), .changed = rows->text(0, 1) == "t"};
  switched.kept_acts = rows->number(0, 2);
  auto counted = count_trash(connection);
  if (!counted) return std::unexpected(std::move(counted).error());
  switched.in_trash = *counted;
  if (switched.changed) {
    const std::string detail = fmt::format(R"({{"since":"{}","inTrash":{}}})", switched.since, switched.in_trash);
    if (auto made = make_journal(connection); !made) return std::unexpected(made.error());
    if (auto noted = note(connection, operation, "done", detail); !noted) return std::unexpected(noted.error());
  }
  if (auto committed = transaction->commit(); !committed) return std::unexpected(committed.error());
  return switched;
}

Result<Switched> checked(pg::Blocking& connection, std::string_view statement,
                         std::initializer_list<pg::Blocking::Value> values, std::string_view operation) {
  if (auto there = check_switch(connection); !there) return std::unexpected(std::move(there).error());
  auto switched = turn(connection, statement, values, operation);
  if (!switched) return operator_failure(switched.error());
  return *std::move(switched);
}

}  // namespace

Result<Switched> look(pg::Blocking& connection) {
  if (auto there = check_switch(connection); !there) return std::unexpected(std::move(there).error());
  auto rows = connection.query(std::string(text::find_switch));
  if (!rows) return operator_failure(rows.error());
  Switched found{.since = rows->empty() ? "" : std::string(rows->text(0, 0))};
  auto counted = count_trash(connection);
  if (!counted) return operator_failure(counted.error());
  found.in_trash = *counted;
  return found;
}

Result<Switched> switch_off(pg::Blocking& connection) {
  return checked(connection, text::switch_off, {}, "rollback.quick");
}

Result<Switched> switch_on(pg::Blocking& connection, int retention_days) {
  const std::string days = std::to_string(retention_days);
  return checked(connection, text::switch_on, {days}, "rollback.quick.undo");
}

}  // namespace pim::ops::rollback
