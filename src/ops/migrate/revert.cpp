// Taking migrations back, and counting first what of rows would go with them.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ops/journal.hpp"
#include "ops/migrate/deploy_lock.hpp"
#include "ops/migrate/execute.hpp"
#include "ops/migrate/ledger.hpp"
#include "ops/migrate/migrate.hpp"
#include "sql/ops/migrate.hpp"

namespace pim::ops::migrate {

namespace statements = sql::ops::migrate;

namespace {

using Columns = std::map<std::string, std::map<std::string, std::pair<std::string, bool>>>;

pg::Outcome<Columns> columns(pg::Blocking& connection) {
  auto rows = connection.query(std::string(statements::list_columns));
  if (!rows) return std::unexpected(std::move(rows).error());
  Columns found;
  for (int i = 0; i < rows->size(); ++i) {
    found[std::string(rows->text(i, 0))][std::string(rows->text(i, 1))] = {std::string(rows->text(i, 2)),
                                                                           rows->text(i, 3) == "t"};
  }
  return found;
}

pg::Outcome<std::int64_t> count_lost(pg::Blocking& connection, const std::string& table, pg::Blocking::Value column,
                                     const std::string& fallback) {
  auto query = connection.query(std::string(statements::loss_query), {table, column, fallback});
  if (!query) return std::unexpected(std::move(query).error());
  auto counted = connection.query(std::string(query->text(0, 0)));
  if (!counted) return std::unexpected(std::move(counted).error());
  return counted->number(0, 0);
}

// What of rows goes with the tables and columns that are not there any more.
pg::Outcome<std::vector<std::string>> losses(pg::Blocking& connection, const Columns& before, const Columns& after) {
  std::vector<std::string> found;
  for (const auto& [table, its_columns] : before) {
    const auto kept = after.find(table);
    if (kept == after.end()) {
      auto rows = count_lost(connection, table, std::nullopt, {});
      if (!rows) return std::unexpected(std::move(rows).error());
      if (*rows > 0) found.push_back(fmt::format("the table \"{}\" with {} rows", table, *rows));
      continue;
    }
    for (const auto& [column, what] : its_columns) {
      if (kept->second.contains(column)) continue;
      auto rows = count_lost(connection, table, column, what.second ? "NULL" : what.first);
      if (!rows) return std::unexpected(std::move(rows).error());
      if (*rows > 0) found.push_back(fmt::format("\"{}\".\"{}\" of {} rows", table, column, *rows));
    }
  }
  return found;
}

// Of each table. PostgreSQL counts on over transactions, for as long as its statistics were not written.
pg::Outcome<std::map<std::string, std::int64_t>> count_deleted(pg::Blocking& connection) {
  auto rows = connection.query(std::string(statements::count_deleted));
  if (!rows) return std::unexpected(rows.error());
  std::map<std::string, std::int64_t> counts;
  for (int i = 0; i < rows->size(); ++i) counts[std::string(rows->text(i, 0))] = rows->number(i, 1);
  return counts;
}

// Runs the way back, looks what is gone, and puts it there again to count it.
pg::Outcome<std::vector<std::string>> rehearse(pg::Blocking& connection, const Migration& migration) {
  auto before = columns(connection);
  if (!before) return std::unexpected(before.error());
  auto deleted_before = count_deleted(connection);
  if (!deleted_before) return std::unexpected(deleted_before.error());
  if (auto saved = connection.script("SAVEPOINT rehearsal"); !saved) return std::unexpected(saved.error());
  if (auto ran = run_file(connection, migration.down); !ran) return std::unexpected(ran.error());
  auto after = columns(connection);
  if (!after) return std::unexpected(after.error());
  std::vector<std::string> lost;
  auto deleted = count_deleted(connection);
  if (!deleted) return std::unexpected(deleted.error());
  for (const auto& [table, count] : *deleted) {
    if (const auto rows = count - (*deleted_before)[table]; rows > 0)
      lost.push_back(fmt::format("{} rows of \"{}\"", rows, table));
  }
  if (auto back = connection.script("ROLLBACK TO rehearsal"); !back) return std::unexpected(back.error());
  auto gone = losses(connection, *before, *after);
  if (gone)
    std::ranges::move(*gone, std::back_inserter(lost));
  else
    return gone;
  return lost;
}

// The way back, and both ledgers.
pg::Outcome<void> run_back(pg::Blocking& connection, const Migration& migration, const std::string& earlier) {
  if (auto ran = run_file(connection, migration.down); !ran) return ran;
  auto theirs = has_their_ledger(connection);
  if (!theirs) return std::unexpected(theirs.error());
  if (*theirs) {
    if (auto noted = run(connection, statements::take_back_in_their_ledger, {earlier, migration.name}); !noted)
      return noted;
  }
  return run(connection, statements::note_reverted, {migration.name});
}

pg::Outcome<std::vector<std::string>> revert_once(pg::Blocking& connection, const Migration& migration,
                                                  const std::string& earlier, bool lose_data,
                                                  const Patience& patience) {
  auto transaction = pg::Transaction::begin(connection);
  if (!transaction) return std::unexpected(transaction.error());
  if (auto set = set_limits(connection, "LOCAL", patience); !set) return std::unexpected(set.error());
  auto lost = rehearse(connection, migration);
  if (!lost || (!lost->empty() && !lose_data)) return lost;
  if (auto back = run_back(connection, migration, earlier); !back) return std::unexpected(back.error());
  if (auto done = transaction->commit(); !done) return std::unexpected(done.error());
  return lost;
}

// One migration; gives what was lost, or says why nothing was done.
Result<std::vector<std::string>> take_back(pg::Blocking& connection, const Migration& migration,
                                           const std::string& earlier, bool lose_data, const Progress& progress,
                                           const Patience& patience) {
  if (migration.down.empty()) {
    return failure(fmt::format("{} has no down.sql: there is no way back.", migration.name), "Restore a backup.");
  }
  for (int attempt = 1;; ++attempt) {
    auto lost = revert_once(connection, migration, earlier, lose_data, patience);
    if (lost && !lost->empty() && !lose_data) {
      std::string text = fmt::format("{} was not taken back: with it would go:", migration.name);
      for (const std::string& line : *lost) text += "\n  " + line;
      return failure(text, "Take a backup; then `pixelpim migrate revert --lose-data` takes it back all the same.");
    }
    if (lost) return *std::move(lost);
    const pg::Error& error = lost.error();
    if (!waits_for_table(error) || attempt >= patience.attempts) {
      const std::string remedy = operator_failure(error).error().remedy;
      return failure(fmt::format("{} was not taken back, and nothing was changed: {} {}", migration.name, error.message,
                                 error.detail),
                     remedy.empty() ? "Remove the cause, then run the command again." : remedy);
    }
    wait_for_table(connection, migration.name, attempt, progress);
  }
}

}  // namespace

Result<Reverted> revert(pg::Blocking& connection, const std::vector<Migration>& wanted,
                        const std::optional<std::string>& to, bool lose_data, const Progress& progress,
                        const Patience& patience) {
  auto lock = DeployLock::take(connection, progress, patience);
  if (!lock) return std::unexpected(std::move(lock).error());
  if (to && std::ranges::find(wanted, *to, &Migration::name) == wanted.end()) {
    return failure(fmt::format("There is no migration {}.", *to), "`pixelpim migrate status` lists them.");
  }
  auto ledger = read_ledger(connection);
  if (!ledger) return std::unexpected(std::move(ledger).error());
  Reverted reverted;
  for (std::size_t i = wanted.size(); i-- > 0;) {
    const Migration& migration = wanted[i];
    if (to ? migration.name == *to : !reverted.names.empty()) break;
    const auto row = ledger->find(migration.name);
    if (row == ledger->end() || !row->second.is_applied) continue;
    if (row->second.logs == "adopted") {
      return failure(
          fmt::format("{} was there when this database was adopted: it is not ours to take back.", migration.name),
          "`pixelpim rollback full` leads back to the database as it was.");
    }
    auto lost = take_back(connection, migration, i == 0 ? "" : wanted[i - 1].name, lose_data, progress, patience);
    if (!lost) {
      Problem problem = std::move(lost).error();
      if (!reverted.names.empty())
        problem.message = fmt::format("Taken back: {}. Then: {}", fmt::join(reverted.names, ", "), problem.message);
      return std::unexpected(std::move(problem));
    }
    reverted.names.push_back(migration.name);
    std::ranges::move(*lost, std::back_inserter(reverted.losses));
  }
  return reverted;
}

pg::Outcome<std::vector<std::string>> take_back_all(pg::Blocking& connection, const std::vector<Migration>& wanted,
                                                    std::size_t kept) {
  std::vector<std::string> names;
  auto ledger = read_ledger(connection);
  if (!ledger) return std::unexpected(pg::Error{.message = ledger.error().message});
  for (std::size_t i = wanted.size(); i-- > kept;) {
    const auto row = ledger->find(wanted[i].name);
    if (row == ledger->end() || !row->second.is_applied) continue;
    if (auto back = run_back(connection, wanted[i], i == 0 ? "" : wanted[i - 1].name); !back) {
      back.error().message = fmt::format("{}: {}", wanted[i].name, back.error().message);
      return std::unexpected(back.error());
    }
    names.push_back(wanted[i].name);
  }
  return names;
}

}  // namespace pim::ops::migrate
