#include "ops/migrate/baseline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "json/writer.hpp"
#include "ops/doctor/doctor.hpp"
#include "ops/has_table.hpp"
#include "ops/journal.hpp"
#include "ops/migrate/catalog.hpp"
#include "ops/migrate/deploy_lock.hpp"
#include "ops/migrate/originals.hpp"
#include "ops/migrate/script.hpp"
#include "sql/ops/migrate.hpp"

namespace pim::ops::migrate {
namespace {

using namespace std::chrono_literals;
namespace statements = sql::ops::migrate;

// The states of the replaced service's database that our first migrations begin with.
constexpr std::string_view state_names[] = {"without soft delete", "with soft delete", "newest"};
constexpr std::size_t state_count = std::size(state_names);

constexpr std::string_view not_theirs_remedy =
    "Check DATABASE_URL. An empty database needs no baseline: run `pixelpim migrate deploy`.";

// The comparison of one database with one state.
class Comparison {
 public:
  Comparison(const Catalog& there, const Catalog& wanted, const Catalog& oldest, const std::vector<Migration>& ours,
             std::size_t covered)
      : there_(there), wanted_(wanted), oldest_(oldest) {
    for (std::size_t i = 0; i < ours.size(); ++i) {
      for (Step& step : steps_of(ours[i].up)) {
        if (i < covered)
          making_.push_back(std::move(step));
        else
          note_pending(step);
      }
    }
  }

  std::vector<Difference> differences() {
    for (const std::string_view kind : {"type", "table", "column", "index", "constraint"}) {  // as they need each other
      for (const auto& [key, object] : wanted_) {
        if (object.kind != kind) continue;
        const auto found = there_.find(key);
        if (found == there_.end())
          missing(object);
        else
          different(object, found->second);
      }
    }
    for (const auto& [key, object] : there_) {
      if (!wanted_.contains(key)) extra(object);
    }
    return std::move(found_);
  }

 private:
  // What later migrations make and drop, by name.
  void note_pending(const Step& step) {
    if (step.begins({"CREATE"})) {
      const auto word = std::ranges::find_if(step.words, [](const std::string& w) {
        return w == "INDEX" || w == "TABLE" || w == "VIEW" || w == "FUNCTION";
      });
      if (word == step.words.end()) return;
      made_later_[*word].insert(step.name_at(static_cast<std::size_t>(word - step.words.begin()) + 1));
    } else if (step.begins({"DROP", "INDEX"})) {
      for (const std::string& word : step.words) {
        if (word.starts_with('"')) dropped_later_.insert(word.substr(1, word.size() - 2));
      }
    }
  }
  bool is_made_later(const std::string& word, const std::string& name) const {
    const auto names = made_later_.find(word);
    return names != made_later_.end() && names->second.contains(name);
  }

  // The statement of our migrations that makes an object, as it is written there.
  std::string statement_of(const Object& object) const {
    const std::string name = '"' + object.name + '"';
    for (const Step& step : making_) {
      const bool makes = object.kind == "constraint"
                             ? step.begins({"ALTER", "TABLE"}) && step.has({"ADD", "CONSTRAINT", name})
                         : object.kind == "index" ? step.begins({"CREATE"}) && step.has({"INDEX", name})
                         : object.kind == "table" ? step.begins({"CREATE", "TABLE", name})
                                                  : step.begins({"CREATE", "TYPE", name});
      if (makes) return step.text;
    }
    return {};
  }

  void add(std::string what, std::string then, Verdict verdict, std::string sql = {}) {
    found_.push_back({std::move(what), std::move(then), verdict, std::move(sql)});
  }

  void missing(const Object& object) {
    const std::string what = object.words() + " is missing";
    if (object.kind == "column") return missing_column(object, what);
    if (object.kind == "index" && dropped_later_.contains(object.name)) {
      return add(what, "nothing: `migrate deploy` puts a better one in its place", Verdict::kept);
    }
    // A table comes with its columns and its primary key.
    const bool comes_with_table =
        object.kind == "constraint" && !there_.contains({"table", object.relation, object.relation});
    if (comes_with_table && object.definition.starts_with("PRIMARY")) return;
    if (oldest_.contains({object.kind, object.relation, object.name}) && object.kind == "table") {
      return add(what, "this is not a database of the service, or it is older than its migration of 26 October 2025",
                 Verdict::refused);
    }
    add(what, "it is made", Verdict::done, statement_of(object));
  }

  void missing_column(const Object& column, const std::string& what) {
    if (!there_.contains({"table", column.relation, column.relation})) return;
    if (oldest_.contains({column.kind, column.relation, column.name})) {
      return add(what, "this is not a database of the service, or it is older than its migration of 26 October 2025",
                 Verdict::refused);
    }
    add(what, "it is made", Verdict::done,
        fmt::format(R"(ALTER TABLE "{}" ADD COLUMN "{}" {}{}{})", column.relation, column.name, column.definition,
                    column.is_required ? " NOT NULL" : "",
                    column.fallback.empty() ? "" : " DEFAULT " + column.fallback));
  }

  void different(const Object& wanted, const Object& there) {
    if (wanted.kind == "column") return different_column(wanted, there);
    if (wanted.definition == there.definition) return;
    const std::string what = fmt::format("{} is {} instead of {}", wanted.words(), there.definition, wanted.definition);
    if (wanted.kind == "index" && dropped_later_.contains(wanted.name)) {
      return add(what, "nothing: `migrate deploy` puts a better one in its place", Verdict::kept);
    }
    if (wanted.kind == "index") {
      return add(what, "it is built anew", Verdict::done,
                 fmt::format("DROP INDEX \"{}\"; {}", wanted.name, statement_of(wanted)));
    }
    if (there.definition == wanted.definition + " NOT VALID") {
      return add(what, "its rows are checked", Verdict::done,
                 fmt::format(R"(ALTER TABLE "{}" VALIDATE CONSTRAINT "{}")", wanted.relation, wanted.name));
    }
    if (wanted.kind == "constraint" && !wanted.definition.starts_with("PRIMARY")) {
      return add(what, "it is made anew", Verdict::done,
                 fmt::format(R"(ALTER TABLE "{}" DROP CONSTRAINT "{}"; {})", wanted.relation, wanted.name,
                             statement_of(wanted)));
    }
    add(what, "the program could not work with it", Verdict::refused);
  }

  void different_column(const Object& wanted, const Object& there) {
    const std::string alter = fmt::format(R"(ALTER TABLE "{}" ALTER COLUMN "{}" )", wanted.relation, wanted.name);
    if (wanted.definition != there.definition) {
      const std::string what =
          fmt::format("{} is {} instead of {}", wanted.words(), there.definition, wanted.definition);
      if (wanted.definition == "text" && there.definition.starts_with("character varying")) {
        add(what, "it becomes text", Verdict::done, alter + "TYPE text");
      } else {
        add(what, "its values would mean something else", Verdict::refused);
      }
    }
    if (wanted.is_required != there.is_required) {
      add(fmt::format("{} {} be NULL", wanted.words(), wanted.is_required ? "may" : "may not"),
          wanted.is_required ? "it may not any more, if no row is" : "it may", Verdict::done,
          alter + (wanted.is_required ? "SET NOT NULL" : "DROP NOT NULL"));
    }
    const bool both_count = wanted.fallback.starts_with("nextval(") && there.fallback.starts_with("nextval(");
    if (wanted.fallback == there.fallback || both_count) return;
    add(fmt::format("{} has the default {} instead of {}", wanted.words(),
                    there.fallback.empty() ? "none" : there.fallback,
                    wanted.fallback.empty() ? "none" : wanted.fallback),
        "it gets that", Verdict::done,
        alter + (wanted.fallback.empty() ? "DROP DEFAULT" : "SET DEFAULT " + wanted.fallback));
  }

  void extra(const Object& object) {
    // What belongs to a table of others is told with it.
    if (object.kind != "table" && !object.relation.empty() &&
        !wanted_.contains({"table", object.relation, object.relation}))
      return;
    const std::string what = object.words() + " is not the service's";
    if (object.kind == "row security") {
      return add(fmt::format("\"{}\" has row security", object.relation),
                 "rows could be hidden from the program: switch it off", Verdict::refused);
    }
    if (object.kind == "index" && is_made_later("INDEX", object.name)) {
      return add(fmt::format("{}: {}", what, object.definition), "it is dropped: PixelPim makes one of that name",
                 Verdict::done, fmt::format("DROP INDEX \"{}\"", object.name));
    }
    if (object.kind == "index" && dropped_later_.contains(object.name)) {
      return add(what, "nothing: `migrate deploy` puts a better one in its place", Verdict::kept);
    }
    const std::string word = object.kind == "table" ? "TABLE" : object.kind == "view" ? "VIEW" : "FUNCTION";
    const bool is_taken = is_made_later(word, object.name.substr(0, object.name.find('(')));
    if ((object.kind == "table" || object.kind == "view" || object.kind == "function") && is_taken) {
      return add(what, "PixelPim makes one of that name: rename it", Verdict::refused);
    }
    if (object.kind == "column" && object.is_required && object.fallback.empty()) {
      return add(what + " and wants a value", "PixelPim could make no row: give it a default", Verdict::refused);
    }
    add(what, "it is kept", Verdict::kept);
  }

  const Catalog& there_;
  const Catalog& wanted_;
  const Catalog& oldest_;
  std::vector<Step> making_;
  std::map<std::string, std::set<std::string>> made_later_;
  std::set<std::string> dropped_later_;
  std::vector<Difference> found_;
};

// The newest state that has something of its own in the catalog.
std::size_t state_of(const Catalog& there, const std::vector<Catalog>& states) {
  for (std::size_t i = states.size(); i-- > 1;) {
    const bool has_some = std::ranges::any_of(states[i], [&](const auto& entry) {
      return !states[i - 1].contains(entry.first) && there.contains(entry.first);
    });
    if (has_some) return i;
  }
  return 0;
}

pg::Outcome<std::vector<Difference>> ledger_differences(pg::Blocking& connection, std::set<std::string>& applied,
                                                        bool force) {
  std::vector<Difference> found;
  auto rows = connection.query(std::string(statements::list_their_ledger));
  if (!rows) return std::unexpected(std::move(rows).error());
  for (int i = 0; i < rows->size(); ++i) {
    const std::string name(rows->text(i, 0));
    const auto* const original = std::ranges::find(originals, name, &Original::name);
    if (rows->text(i, 3) == "t") {
      found.push_back({fmt::format("the migration {} of the service failed: {}", name, rows->text(i, 4)),
                       "resolve it with its own tool first (`prisma migrate resolve`)",
                       Verdict::refused,
                       {}});
    } else if (rows->text(i, 2) == "t") {
      applied.insert(name);
      if (original == originals.end()) {
        found.push_back(
            {fmt::format("the migration {} is not one of the service's", name),
             force ? "it is kept (--force)" : "somebody changed this database: look at it, then say --force",
             force ? Verdict::kept : Verdict::refused,
             {}});
      } else if (original->checksum != rows->text(i, 1)) {
        found.push_back({fmt::format("the migration {} has another checksum", name),
                         "nothing: the file had other line ends or was edited; the tables say what counts",
                         Verdict::kept,
                         {}});
      }
    }
  }
  return found;
}

// Sessions of others that write. One that only is there may begin at any moment: it is named.
pg::Outcome<std::vector<Difference>> writers(pg::Blocking& connection) {
  std::vector<Difference> found;
  auto sessions = connection.query(std::string(statements::list_writers));
  if (!sessions) return std::unexpected(std::move(sessions).error());
  bool writes = false;
  const auto named = [&](int i) {
    return fmt::format("{}, pid {} ({}: {})", sessions->text(i, 0), sessions->text(i, 1), sessions->text(i, 2),
                       sessions->text(i, 3));
  };
  for (int i = 0; i < sessions->size() && sessions->text(i, 4) == "t"; ++i) {
    writes = true;
    found.push_back({"another session writes: " + named(i), "stop it first", Verdict::refused, {}});
  }
  if (sessions->empty() || writes) return found;
  std::string before;
  for (int look = 0; look < 9; ++look) {  // sessions report what they wrote once a second
    auto counted = connection.query(std::string(statements::count_writes));
    if (!counted) return std::unexpected(std::move(counted).error());
    if (look > 0 && counted->text(0, 0) != before) {
      for (int i = 0; i < sessions->size(); ++i) {
        found.push_back({"rows are being written, by one of: " + named(i), "stop it first", Verdict::refused, {}});
      }
      return found;
    }
    before = counted->text(0, 0);
    std::this_thread::sleep_for(250ms);
  }
  for (int i = 0; i < sessions->size(); ++i) {
    found.push_back({"another session is connected: " + named(i),
                     "nothing; the old program must not write any more",
                     Verdict::kept,
                     {}});
  }
  return found;
}

pg::Outcome<std::vector<Difference>> obstacles(pg::Blocking& connection) {
  std::vector<Difference> found;
  auto rows = connection.query(std::string(statements::list_obstacles));
  if (!rows) return std::unexpected(std::move(rows).error());
  found.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) {
    found.push_back({std::string(rows->text(i, 0)), "see to that first", Verdict::refused, {}});
  }
  return found;
}

Result<std::vector<Difference>> data_differences(pg::Blocking& connection, bool adds_keys) {
  std::vector<Difference> found;
  auto findings = doctor::examine(connection);
  if (!findings) return std::unexpected(std::move(findings).error());
  for (const auto& finding : *findings) {
    const doctor::Check& check = *finding.check;
    std::string what = fmt::format("{}: {}", check.title, finding.total);
    for (std::size_t i = 0; i < finding.rows.size() && i < 5; ++i)
      what += fmt::format("{} {}", i == 0 ? ":" : ";", finding.rows[i]);
    if (finding.total > 5) what += "; …";
    std::string then(check.advice);
    if (check.stops_adoption && !check.fix.empty()) {
      then = fmt::format("run `pixelpim doctor --fix {}` before `migrate deploy`", check.fix);
    }
    Verdict verdict = check.stops_adoption ? Verdict::left : Verdict::kept;
    if (adds_keys && check.fix == "orphans") {  // the keys that are missing can't be made
      then = "run `pixelpim doctor --fix orphans --confirm` first";
      verdict = Verdict::refused;
    }
    found.push_back({std::move(what), std::move(then), verdict, {}});
  }
  return found;
}

void append(std::vector<Difference>& to, std::vector<Difference> from) {
  std::ranges::move(from, std::back_inserter(to));
}

struct Found {
  Baseline baseline;
  std::vector<std::string> catalog;
};

std::vector<Migration> making_states(const std::vector<Migration>& ours) {
  return {ours.begin(), ours.begin() + state_count};
}

Result<Found> compare(pg::Blocking& connection, const std::vector<Migration>& ours, bool has_their_ledger, bool force) {
  Found found;
  Baseline& result = found.baseline;
  auto states = describe_after(connection, making_states(ours));
  if (!states) return operator_failure(states.error());
  auto transaction = pg::Transaction::begin(connection);
  if (!transaction) return operator_failure(transaction.error());
  auto there = describe_public(connection);
  if (!there) return operator_failure(there.error());

  const std::size_t state = state_of(*there, *states);
  result.state = state_names[state];
  result.fingerprint = fingerprint_of(*there);
  found.catalog = lines_of(*there);
  for (std::size_t i = 0; i <= state; ++i) result.covered.push_back(ours[i].name);
  result.differences = Comparison(*there, (*states)[state], states->front(), ours, state + 1).differences();

  std::set<std::string> applied;
  if (has_their_ledger) {
    auto ledger = ledger_differences(connection, applied, force);
    if (!ledger) return operator_failure(ledger.error());
    append(result.differences, *std::move(ledger));
    for (const Original& original : originals) {
      const std::string name(original.name);
      if (covers(ours[state].name, original) && !applied.contains(name)) result.ledger.push_back(name);
    }
  } else {
    result.differences.push_back(
        {"there is no ledger (_prisma_migrations)", "nothing: the tables say what counts", Verdict::kept, {}});
  }
  if (auto found_obstacles = obstacles(connection); found_obstacles)
    append(result.differences, *std::move(found_obstacles));
  else
    return operator_failure(found_obstacles.error());
  return found;
}

Result<void> add_rows(pg::Blocking& connection, Baseline& result) {
  if (result.is_refused()) return {};  // statements could meet columns that are not there
  const bool adds_keys = std::ranges::any_of(result.differences, [](const Difference& difference) {
    return difference.verdict == Verdict::done && difference.what.starts_with("constraint");
  });
  auto data = data_differences(connection, adds_keys);
  if (!data) return std::unexpected(std::move(data).error());
  append(result.differences, *std::move(data));
  auto counted = connection.query(std::string(statements::count_rows));
  if (!counted) return operator_failure(counted.error());
  result.products = counted->number(0, 0);
  result.trashed = counted->number(0, 1);
  return {};
}

std::string detail_of(const Found& found) {
  std::string detail;
  json::Object body(detail);
  body.add("state", found.baseline.state).add("fingerprint", found.baseline.fingerprint).add("catalog", found.catalog);
  body.add("ledger", found.baseline.ledger);
  {
    json::Array done = body.array("done");
    for (const Difference& difference : found.baseline.differences) {
      if (difference.verdict == Verdict::done) done.object().add("what", difference.what).add("sql", difference.sql);
    }
  }
  body.close();
  return detail;
}

pg::Outcome<void> take_over(pg::Blocking& connection, const Found& found, const std::vector<Migration>& ours) {
  auto transaction = pg::Transaction::begin(connection);
  if (!transaction) return std::unexpected(std::move(transaction).error());
  if (auto set = connection.script("SET LOCAL lock_timeout = '3s'; SET LOCAL search_path = public"); !set) return set;
  if (auto made = connection.script(std::string(statements::create_ledger)); !made) return made;
  if (auto made = make_journal(connection); !made) return made;
  for (const Difference& difference : found.baseline.differences) {
    if (difference.verdict != Verdict::done) continue;
    auto changed = connection.script(difference.sql);
    if (!changed) {
      changed.error().message = fmt::format("{}: {}", difference.what, changed.error().message);
      return changed;
    }
  }
  for (std::size_t i = 0; i < found.baseline.covered.size(); ++i) {
    const std::string checksum = ours[i].checksum();
    auto noted = connection.query(std::string(statements::adopt_migration), {ours[i].name, checksum});
    if (!noted) return std::unexpected(std::move(noted).error());
  }
  for (const std::string& name : found.baseline.ledger) {
    const auto* const original = std::ranges::find(originals, name, &Original::name);
    auto noted = connection.query(std::string(statements::note_in_their_ledger), {name, original->checksum});
    if (!noted) return std::unexpected(std::move(noted).error());
  }
  if (auto noted = note(connection, "baseline", "done", detail_of(found)); !noted)
    return std::unexpected(noted.error());
  return transaction->commit();
}

Result<Baseline> adopted_before(pg::Blocking& connection) {
  Baseline result{.was_adopted = true, .is_adopted = true};
  auto exists = has_table(connection, "_pixelpim_journal");
  if (!exists) return operator_failure(exists.error());
  if (!*exists) return result;
  auto rows = connection.query(std::string(statements::find_baseline));
  if (!rows) return operator_failure(rows.error());
  if (!rows->empty()) {
    result.state = rows->text(0, 1);
    result.fingerprint = rows->text(0, 2);
  }
  return result;
}

}  // namespace

pg::Outcome<std::vector<std::string>> covered_already(pg::Blocking& connection, const std::vector<Migration>& ours) {
  auto database = connection.query(std::string(statements::find_database));
  if (!database) return std::unexpected(std::move(database).error());
  if (database->text(0, 2) == "t" || database->text(0, 1) != "t") return std::vector<std::string>();
  auto states = describe_after(connection, making_states(ours));
  if (!states) return std::unexpected(std::move(states).error());
  auto transaction = pg::Transaction::begin(connection);
  if (!transaction) return std::unexpected(std::move(transaction).error());
  auto there = describe_public(connection);
  if (!there) return std::unexpected(std::move(there).error());
  std::vector<std::string> covered(state_of(*there, *states) + 1);
  std::ranges::transform(ours.begin(), ours.begin() + std::ssize(covered), covered.begin(), &Migration::name);
  return covered;
}

std::string_view name_of(Verdict verdict) {
  constexpr std::string_view names[] = {"kept", "done", "left", "refused"};
  return names[static_cast<std::size_t>(verdict)];
}

bool Baseline::is_refused() const {
  return std::ranges::any_of(differences, [](const Difference& d) { return d.verdict == Verdict::refused; });
}

Result<Baseline> baseline(pg::Blocking& connection, const std::vector<Migration>& ours, bool confirm, bool force,
                          const Progress& progress) {
  auto lock = DeployLock::take(connection, progress, {});
  if (!lock) return std::unexpected(std::move(lock).error());
  auto database = connection.query(std::string(statements::find_database));
  if (!database) return operator_failure(database.error());
  if (database->text(0, 2) == "t") return adopted_before(connection);
  if (database->text(0, 1) != "t")
    return failure("There is no database of the service here.", std::string(not_theirs_remedy));

  auto found = compare(connection, ours, database->text(0, 0) == "t", force);
  if (!found) return std::unexpected(std::move(found).error());
  Baseline& result = found->baseline;
  if (auto added = add_rows(connection, result); !added) return std::unexpected(std::move(added).error());
  auto sessions = writers(connection);
  if (!sessions) return operator_failure(sessions.error());
  append(result.differences, *std::move(sessions));
  if (!confirm || result.is_refused()) return result;
  if (auto taken = take_over(connection, *found, ours); !taken) return operator_failure(taken.error());
  result.is_adopted = true;
  return result;
}

}  // namespace pim::ops::migrate
