#include "ops/migrate/migrate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "base/file.hpp"
#include "base/sha256.hpp"
#include "migrations.hpp"
#include "ops/doctor/doctor.hpp"
#include "ops/journal.hpp"
#include "ops/migrate/deploy_lock.hpp"
#include "ops/migrate/originals.hpp"
#include "ops/migrate/script.hpp"
#include "sql/ops/migrate.hpp"

namespace pim::ops::migrate {
namespace {

namespace fs = std::filesystem;
namespace statements = sql::ops::migrate;
using namespace std::chrono_literals;

constexpr int oldest_server = 150000;
// The one that makes the trash, and with it uniqueness among the living.
constexpr std::string_view trash_migration = "20261124090000_trash";

Result<std::vector<Migration>> migrations_in(const fs::path& folder) {
  std::vector<Migration> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (!fs::exists(entry.path() / "migration.sql")) continue;
    auto up = read_file(entry.path() / "migration.sql");
    if (!up) return std::unexpected(std::move(up).error());
    Migration migration{.name = entry.path().filename(), .up = *std::move(up)};
    if (fs::exists(entry.path() / "down.sql")) {
      auto down = read_file(entry.path() / "down.sql");
      if (!down) return std::unexpected(std::move(down).error());
      migration.down = *std::move(down);
    }
    found.push_back(std::move(migration));
  }
  if (error || found.empty())
    return failure(fmt::format("There are no migrations in {}.", folder.string()), "Correct --migrations.");
  std::ranges::sort(found, {}, &Migration::name);
  return found;
}

// A database that the old tool keeps is taken over by a command of its own.
Result<void> check_database(pg::Blocking& connection) {
  if (connection.server_version() < oldest_server) {
    return failure(
        fmt::format("This server is PostgreSQL {}; 15 or newer is needed.", connection.server_version() / 10000));
  }
  auto found = connection.query(std::string(statements::find_database));
  if (!found) return operator_failure(found.error());
  const bool theirs = found->text(0, 0) == "t", has_tables = found->text(0, 1) == "t", ours = found->text(0, 2) == "t";
  if (!ours && (theirs || has_tables)) {
    return failure("This database was made by another program.",
                   "Take a backup, then see what `pixelpim migrate baseline` says: it takes over the database of the "
                   "service that PixelPim replaces.");
  }
  return {};
}

struct LedgerRow {
  std::string checksum, finished_at, logs;
  bool is_applied;
  std::size_t steps;  // of one that runs in steps: how many are done
  std::string id;
};

Result<std::map<std::string, LedgerRow>> read_ledger(pg::Blocking& connection) {
  std::map<std::string, LedgerRow> ledger;
  auto database = connection.query(std::string(statements::find_database));
  if (!database) return operator_failure(database.error());
  if (database->text(0, 2) != "t") return ledger;
  auto rows = connection.query(std::string(statements::read_ledger));
  if (!rows) return operator_failure(rows.error());
  for (int row = 0; row < rows->size(); ++row) {
    if (rows->text(row, 5) == "t") continue;
    ledger[std::string(rows->text(row, 0))] = {.checksum = std::string(rows->text(row, 1)),
                                               .finished_at = std::string(rows->text(row, 2)),
                                               .logs = std::string(rows->text(row, 3)),
                                               .is_applied = rows->text(row, 4) == "t",
                                               .steps = static_cast<std::size_t>(rows->number(row, 6)),
                                               .id = std::string(rows->text(row, 7))};
  }
  return ledger;
}

std::string lock_holders(pg::Blocking& connection) {
  auto rows = connection.query(std::string(statements::find_lock_holders));
  return rows && !rows->is_null(0, 0) ? std::string(rows->text(0, 0)) : "nobody that is still there";
}

pg::Outcome<void> run(pg::Blocking& connection, std::string_view statement,
                      std::initializer_list<pg::Blocking::Value> values) {
  auto done = connection.query(std::string(statement), values);
  if (!done) return std::unexpected(std::move(done).error());
  return {};
}

// As a literal between dollar signs, with a tag that the text does not have.
std::string dollar_quoted(std::string_view text) {
  std::string tag = "m";
  for (int n = 1; text.contains(tag); ++n) tag = fmt::format("m{}", n);
  return fmt::format("${0}${1}${0}$", tag, text);
}

bool ends_transactions(const pg::Error& error) {
  const bool begins_or_ends = error.sqlstate == "0A000" && error.message.starts_with("EXECUTE of transaction");
  return begins_or_ends || error.sqlstate == "2D000";  // that one: a COMMIT inside of a DO or CALL of the file
}

// The file runs inside of a DO: there a COMMIT is an error, and takes back what was done before it.
pg::Outcome<void> run_file(pg::Blocking& connection, const std::string& file) {
  auto ran = connection.script("DO " + dollar_quoted(fmt::format("BEGIN EXECUTE {}; END", dollar_quoted(file))));
  if (!ran && ends_transactions(ran.error())) {
    ran.error().message = "it ends the transaction that it runs in: take BEGIN and COMMIT out of the file";
  }
  return ran;
}

pg::Outcome<void> set_limits(pg::Blocking& connection, std::string_view scope, const Patience& patience) {
  return connection.script(
      fmt::format("SET {0} lock_timeout = {1}; SET {0} statement_timeout = 0", scope, patience.table_lock.count()));
}

// --- the ledger of the replaced service's tool ---

pg::Outcome<bool> has_their_ledger(pg::Blocking& connection) {
  auto found = connection.query(std::string(statements::find_database));
  if (!found) return std::unexpected(std::move(found).error());
  return found->text(0, 0) == "t";
}

// Its tool would make the changes of its migrations up to this one of ours again.
pg::Outcome<void> note_in_their_ledger(pg::Blocking& connection, const std::string& name) {
  const bool is_later = covers(name, originals.back()) && name > originals.back().name;
  if (is_later) return {};
  auto theirs = has_their_ledger(connection);
  if (!theirs) return std::unexpected(std::move(theirs).error());
  if (!*theirs) return {};
  for (const Original& original : originals) {
    if (!covers(name, original)) continue;
    if (auto noted = run(connection, statements::note_in_their_ledger, {original.name, original.checksum}); !noted)
      return noted;
  }
  return {};
}

// --- applying ---

pg::Outcome<void> run_once(pg::Blocking& connection, const Migration& migration, const Patience& patience) {
  auto transaction = pg::Transaction::begin(connection);
  if (!transaction) return std::unexpected(transaction.error());
  if (auto set = set_limits(connection, "LOCAL", patience); !set) return set;
  const bool makes_trash = migration.name == trash_migration;
  if (makes_trash) {
    if (auto aside = doctor::set_planned_aside(connection); !aside) return aside;
  }
  if (auto ran = run_file(connection, migration.up); !ran) return ran;
  if (makes_trash) {
    if (auto moved = doctor::trash_planned(connection); !moved) return moved;
  }
  if (auto noted = note_in_their_ledger(connection, migration.name); !noted) return noted;
  const std::string checksum = migration.checksum();
  if (auto noted = run(connection, statements::note_success, {checksum, migration.name}); !noted) return noted;
  return transaction->commit();
}

// A statement that can't be in a transaction. An index that an interrupted build left behind is no index: it is built
// anew.
pg::Outcome<void> run_alone(pg::Blocking& connection, const Step& step) {
  const std::string index = step.concurrent_index();
  if (index.empty()) return connection.script(step.text);
  auto there = connection.query(std::string(statements::find_index), {index});
  if (!there) return std::unexpected(std::move(there).error());
  if (!there->empty()) {
    if (there->text(0, 0) == "t") return {};
    if (auto dropped = connection.script(fmt::format("DROP INDEX CONCURRENTLY \"{}\"", index)); !dropped)
      return dropped;
  }
  return connection.script(step.text);
}

// One batch of a step that repeats; else all of it. Says whether there may be more.
pg::Outcome<bool> run_in_transaction(pg::Blocking& connection, const Step& step, const std::string& id,
                                     std::string_view count) {
  auto transaction = pg::Transaction::begin(connection);
  if (!transaction) return std::unexpected(transaction.error());
  auto done = connection.query(step.text);
  if (!done) return std::unexpected(std::move(done).error());
  const bool has_more = step.repeats && done->affected() > 0;
  if (!has_more) {
    if (auto noted = run(connection, statements::note_step, {id, count, "it was stopped"}); !noted)
      return std::unexpected(noted.error());
  }
  if (auto committed = transaction->commit(); !committed) return std::unexpected(committed.error());
  return has_more;
}

// Whatever is done stays done: a step that waits for a table is tried again by itself.
pg::Outcome<void> run_step(pg::Blocking& connection, const Step& step, const std::string& id, std::size_t number,
                           const std::string& name, const Progress& progress, const Patience& patience) {
  const std::string count = fmt::format("{}", number);
  for (int attempt = 1;;) {
    pg::Outcome<bool> more = false;
    if (step.has({"CONCURRENTLY"})) {
      auto ran = run_alone(connection, step);
      if (ran) ran = run(connection, statements::note_step, {id, count, "it was stopped"});
      if (!ran) more = std::unexpected(ran.error());
    } else {
      more = run_in_transaction(connection, step, id, count);
    }
    if (more && !*more) return {};
    if (more)
      attempt = 1;
    else if (more.error().sqlstate != "55P03" || ++attempt > patience.attempts)
      return std::unexpected(more.error());
    else {
      progress(fmt::format("{} waits for a table; locks are held by: {}", name, lock_holders(connection)));
      std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(100ms * attempt, 2s));
    }
  }
}

// From the step where it was stopped. What it waits for in a concurrent build is the end of old transactions, not a
// lock that others queue behind: there is no limit on that.
pg::Outcome<void> run_steps(pg::Blocking& connection, const Migration& migration, const LedgerRow* before,
                            const Progress& progress, const Patience& patience) {
  const bool goes_on = before != nullptr && before->checksum == migration.checksum() && before->steps > 0;
  std::string id = goes_on ? before->id : std::string{};
  if (!goes_on) {
    const std::string checksum = migration.checksum();
    auto begun = connection.query(std::string(statements::note_begin), {checksum, migration.name});
    if (!begun) return std::unexpected(std::move(begun).error());
    id = begun->text(0, 0);
  }
  const std::vector<Step> steps = steps_of(migration.up);
  for (std::size_t i = goes_on ? before->steps : 0; i < steps.size(); ++i) {
    Patience limits = patience;
    if (!steps[i].concurrent_index().empty()) limits.table_lock = 0ms;
    if (auto set = set_limits(connection, "SESSION", limits); !set) return set;
    auto ran = run_step(connection, steps[i], id, i + 1, migration.name, progress, patience);
    if (!ran) {
      const std::string done = fmt::format("{}", i), said = fmt::format("step {}: {}", i + 1, ran.error().message);
      std::ignore = run(connection, statements::note_step, {id, done, said});
      return ran;
    }
  }
  return run(connection, statements::note_end, {id});
}

void note_failure(pg::Blocking& connection, const Migration& migration, const std::string& logs) {
  const std::string checksum = migration.checksum();
  std::ignore = run(connection, statements::note_failure, {checksum, migration.name, logs});
}

std::unexpected<Problem> failed(pg::Blocking& connection, const Migration& migration, const pg::Error& error) {
  const bool in_steps = runs_in_steps(migration.up);
  std::string said = fmt::format("{} {} {}", error.sqlstate, error.message, error.detail);
  if (error.sqlstate == "55P03") said += "; locks are held by: " + lock_holders(connection);
  if (!in_steps) note_failure(connection, migration, said);
  const std::string remedy = operator_failure(error).error().remedy;
  return failure(fmt::format("The migration {} failed{}: {}", migration.name,
                             in_steps ? "; its steps before that are done" : " and changed nothing", said),
                 remedy.empty() ? "Remove the cause, then run `pixelpim migrate deploy` again." : remedy);
}

// Living rows of which only one may be would stop the migration half-way through its work, with one of them named.
Result<void> check_rows(pg::Blocking& connection) {
  auto findings = doctor::examine(connection, true);
  if (!findings) return std::unexpected(std::move(findings).error());
  if (findings->empty()) return {};
  std::string text = "Nothing was changed: rows of this database stand in the way.", remedy;
  for (const auto& finding : *findings) {
    text += fmt::format("\n  {}: {}", finding.check->title, finding.total);
    for (const std::string& row : finding.rows) text += "\n    " + row;
    if (std::cmp_greater(finding.total, finding.rows.size())) text += "\n    …";
    if (!remedy.empty()) remedy += " ";
    remedy += finding.check->fix.empty()
                  ? std::string(finding.check->advice)
                  : fmt::format("`pixelpim doctor --fix {}` shows what it would do; with --confirm it does.",
                                finding.check->fix);
  }
  return failure(text, remedy + " Then deploy again.");
}

Result<void> apply(pg::Blocking& connection, const Migration& migration, const LedgerRow* before,
                   const Progress& progress, const Patience& patience) {
  if (migration.name == trash_migration) {
    if (auto checked = check_rows(connection); !checked) return checked;
  }
  if (runs_in_steps(migration.up)) {
    auto done = run_steps(connection, migration, before, progress, patience);
    if (!done) return failed(connection, migration, done.error());
    return {};
  }
  for (int attempt = 1;; ++attempt) {
    auto done = run_once(connection, migration, patience);
    if (done) return {};
    if (done.error().sqlstate != "55P03" || attempt >= patience.attempts)
      return failed(connection, migration, done.error());
    progress(fmt::format("{} waits for a table; locks are held by: {}", migration.name, lock_holders(connection)));
    std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(100ms * attempt, 2s));
  }
}

// --- taking back ---

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
    if (error.sqlstate != "55P03" || attempt >= patience.attempts) {
      const std::string remedy = operator_failure(error).error().remedy;
      return failure(fmt::format("{} was not taken back, and nothing was changed: {} {}", migration.name, error.message,
                                 error.detail),
                     remedy.empty() ? "Remove the cause, then run the command again." : remedy);
    }
    progress(fmt::format("{} waits for a table; locks are held by: {}", migration.name, lock_holders(connection)));
    std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(100ms * attempt, 2s));
  }
}

}  // namespace

std::string Migration::checksum() const { return sha256_of(up); }

Result<std::vector<Migration>> migrations(const std::optional<fs::path>& folder) {
  if (folder) return migrations_in(*folder);
  std::vector<Migration> found;
  for (const auto& embedded : pim::migrations::all) {
    found.push_back({std::string(embedded.name), std::string(embedded.up), std::string(embedded.down)});
  }
  return found;
}

std::string_view name_of(State state) {
  constexpr std::string_view names[] = {"applied", "pending", "failed", "changed"};
  return names[static_cast<std::size_t>(state)];
}

Result<std::vector<Entry>> status(pg::Blocking& connection, const std::vector<Migration>& wanted) {
  auto ledger = read_ledger(connection);
  if (!ledger) return std::unexpected(std::move(ledger).error());
  std::vector<Entry> entries;
  for (const Migration& migration : wanted) {
    const auto found = ledger->find(migration.name);
    if (found == ledger->end()) {
      entries.push_back({.name = migration.name, .state = State::pending});
      continue;
    }
    const LedgerRow& row = found->second;
    const State state = !row.is_applied                        ? State::failed
                        : row.checksum != migration.checksum() ? State::changed
                                                               : State::applied;
    std::string logs = row.is_applied ? std::string{} : row.logs;
    if (!row.is_applied && row.steps > 0) logs += fmt::format(" ({} steps are done)", row.steps);
    entries.push_back({migration.name, state, row.finished_at, std::move(logs)});
  }
  return entries;
}

Result<std::vector<std::string>> deploy(pg::Blocking& connection, const std::vector<Migration>& wanted,
                                        const Progress& progress, const Patience& patience) {
  auto lock = DeployLock::take(connection, progress, patience);
  if (!lock) return std::unexpected(std::move(lock).error());
  if (auto checked = check_database(connection); !checked) return std::unexpected(std::move(checked).error());
  if (auto made = connection.script(std::string(statements::create_ledger)); !made)
    return operator_failure(made.error());
  auto entries = status(connection, wanted);
  if (!entries) return std::unexpected(std::move(entries).error());
  auto ledger = read_ledger(connection);
  if (!ledger) return std::unexpected(std::move(ledger).error());
  for (const Entry& entry : *entries) {
    if (entry.state == State::changed) {
      return failure(fmt::format("The migration {} was changed after it was applied.", entry.name),
                     "Put the file back as it was, and write a new migration for what is to change.");
    }
  }
  std::vector<std::string> applied;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Entry& entry = (*entries)[i];
    if (entry.state == State::applied) continue;
    if (entry.state == State::failed) progress(fmt::format("{} failed before: {}", entry.name, entry.logs));
    const auto before = ledger->find(entry.name);
    auto done = apply(connection, wanted[i], before == ledger->end() ? nullptr : &before->second, progress, patience);
    if (!done) return std::unexpected(std::move(done).error());
    applied.push_back(entry.name);
  }
  return applied;
}

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
