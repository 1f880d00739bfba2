#include "ops/migrate/apply.hpp"

#include <fmt/format.h>

#include <utility>

#include "ops/doctor/doctor.hpp"
#include "ops/journal.hpp"
#include "ops/migrate/execute.hpp"
#include "ops/migrate/script.hpp"
#include "sql/ops/migrate.hpp"

namespace pim::ops::migrate {

namespace statements = sql::ops::migrate;
using namespace std::chrono_literals;

namespace {

// The one that makes the trash, and with it uniqueness among the living.
constexpr std::string_view trash_migration = "20261124090000_trash";

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
    else if (!waits_for_table(more.error()) || ++attempt > patience.attempts)
      return std::unexpected(more.error());
    else {
      wait_for_table(connection, name, attempt, progress);
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
  if (waits_for_table(error)) said += "; locks are held by: " + lock_holders(connection);
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

}  // namespace

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
    if (!waits_for_table(done.error()) || attempt >= patience.attempts)
      return failed(connection, migration, done.error());
    wait_for_table(connection, migration.name, attempt, progress);
  }
}

}  // namespace pim::ops::migrate
