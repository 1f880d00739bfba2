#include "ops/indexes/indexes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "ops/journal.hpp"
#include "ops/migrate/deploy_lock.hpp"
#include "ops/migrate/script.hpp"
#include "soft_delete_indexes.hpp"
#include "sql/ops/indexes.hpp"

namespace pim::ops::indexes {
namespace {

using migrate::Step;
namespace statements = sql::ops::indexes;

std::string without(std::string text, std::string_view words) {
  const std::size_t at = text.find(words);
  return at == std::string::npos ? text : text.erase(at, words.size());
}

// What the server would call each of them, asked on temporary tables.
pg::Outcome<std::vector<std::string>> definitions(pg::Blocking& connection, const std::vector<Step>& steps) {
  std::vector<std::string> found;
  auto transaction = pg::Transaction::begin(connection);
  if (!transaction) return std::unexpected(std::move(transaction).error());
  if (auto made = connection.script(std::string(statements::make_drafts)); !made) return std::unexpected(made.error());
  for (const Step& step : steps) {
    const std::string draft = without(without(step.text, "CONCURRENTLY "), "IF NOT EXISTS ");
    if (auto made = connection.script(draft); !made) return std::unexpected(std::move(made).error());
    auto rows = connection.query(std::string(statements::find_index), {step.concurrent_index(), "pg_temp"});
    if (!rows) return std::unexpected(std::move(rows).error());
    found.emplace_back(rows->text(0, 0));
  }
  return found;
}

pg::Outcome<Index> look(pg::Blocking& connection, const Step& step, std::string definition) {
  Index index{.name = step.concurrent_index(), .state = State::missing, .definition = std::move(definition)};
  const auto on = std::ranges::find(step.words, "ON");
  index.table = step.name_at(static_cast<std::size_t>(on - step.words.begin()) + 1);
  auto rows = connection.query(std::string(statements::find_index), {index.name, "public"});
  if (!rows) return std::unexpected(std::move(rows).error());
  if (rows->empty()) return index;
  index.state = rows->text(0, 1) != "t"                ? State::invalid
                : rows->text(0, 0) != index.definition ? State::different
                                                       : State::ok;
  index.bytes = rows->number(0, 2);
  index.scans = rows->number(0, 3);
  return index;
}

pg::Outcome<std::vector<Index>> look_at_all(pg::Blocking& connection, const std::vector<Step>& steps) {
  auto wanted = definitions(connection, steps);
  if (!wanted) return std::unexpected(std::move(wanted).error());
  std::vector<Index> found;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    auto index = look(connection, steps[i], (*wanted)[i]);
    if (!index) return std::unexpected(std::move(index).error());
    found.push_back(*std::move(index));
  }
  return found;
}

pg::Outcome<void> drop_index(pg::Blocking& connection, const std::string& name) {
  return connection.script(fmt::format("DROP INDEX CONCURRENTLY IF EXISTS public.\"{}\"", name));
}

// A concurrent build waits for transactions that began before it; nobody queues behind that, so there is no limit on
// it.
pg::Outcome<void> build(pg::Blocking& connection, const Step& step, const Index& index) {
  if (auto set = connection.script("SET lock_timeout = 0; SET statement_timeout = 0"); !set) return set;
  if (index.state != State::missing) {
    if (auto dropped = drop_index(connection, index.name); !dropped) return dropped;
  }
  return connection.script(step.text);
}

std::unexpected<Problem> failed(const pg::Error& error, const std::string& what) {
  if (error.sqlstate == "42P01" || error.sqlstate == "42703") {
    return failure("This database does not have what the indexes are for: " + error.message,
                   "Run `pixelpim migrate deploy` first.");
  }
  auto problem = operator_failure(error);
  problem.error().message = fmt::format("{}: {}", what, problem.error().message);
  if (problem.error().remedy.empty())
    problem.error().remedy = "Remove the cause and run the command again: it goes on where it was.";
  return problem;
}

}  // namespace

std::string_view name_of(State state) {
  constexpr std::string_view names[] = {"ok", "missing", "invalid", "different"};
  return names[static_cast<std::size_t>(state)];
}

Result<std::vector<Index>> status(pg::Blocking& connection) {
  auto found = look_at_all(connection, migrate::steps_of(soft_delete_indexes));
  if (!found) return failed(found.error(), "The indexes can't be looked at");
  return *std::move(found);
}

Result<std::vector<std::string>> apply(pg::Blocking& connection, const Progress& progress) {
  auto lock = migrate::DeployLock::take(connection, progress, {});
  if (!lock) return std::unexpected(std::move(lock).error());
  const std::vector<Step> steps = migrate::steps_of(soft_delete_indexes);
  auto found = look_at_all(connection, steps);
  if (!found) return failed(found.error(), "The indexes can't be looked at");
  std::vector<std::string> built;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Index& index = (*found)[i];
    if (index.state == State::ok) continue;
    progress(fmt::format("Building {} on \"{}\" ({})", index.name, index.table, name_of(index.state)));
    if (auto done = build(connection, steps[i], index); !done) return failed(done.error(), index.name);
    built.push_back(index.name);
  }
  return built;
}

Result<std::vector<std::string>> drop(pg::Blocking& connection, const Progress& progress) {
  auto lock = migrate::DeployLock::take(connection, progress, {});
  if (!lock) return std::unexpected(std::move(lock).error());
  std::vector<std::string> dropped;
  for (const Step& step : migrate::steps_of(soft_delete_indexes)) {
    const std::string name = step.concurrent_index();
    auto there = connection.query(std::string(statements::find_index), {name, "public"});
    if (!there) return failed(there.error(), name);
    if (there->empty()) continue;
    progress("Dropping " + name);
    if (auto done = drop_index(connection, name); !done) return failed(done.error(), name);
    dropped.push_back(name);
  }
  return dropped;
}

}  // namespace pim::ops::indexes
