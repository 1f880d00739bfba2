#include "ops/rollback/full.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <map>
#include <set>
#include <thread>

#include "json/writer.hpp"
#include "ops/backup/store.hpp"
#include "ops/has_table.hpp"
#include "ops/journal.hpp"
#include "ops/migrate/catalog.hpp"
#include "ops/migrate/deploy_lock.hpp"
#include "ops/rollback/archive.hpp"
#include "sql/ops/doctor.hpp"
#include "sql/ops/rollback.hpp"
#include "version.hpp"

namespace pim::ops::rollback {
namespace {

using namespace std::chrono_literals;
namespace text = sql::ops::rollback;

// The migrations of ours that make what the newest of the replaced service had.
constexpr std::size_t of_the_service = 3;
constexpr std::string_view state_names[] = {"without soft delete", "with soft delete", "newest of the service"};
constexpr int attempts_max = 40;

// A second operator is told who is at it.
constexpr migrate::Patience patience{.other_deploy = 2s, .table_lock = 500ms};

struct Goal {
  std::size_t kept = of_the_service;  // migrations that stay
  migrate::Catalog catalog;           // what they make
  std::vector<std::string> lines;     // the catalog that was found at the adoption; empty: this is no adopted database
  std::string changed_then;           // what the baseline changed of it
};

pg::Outcome<void> call(pg::Blocking& connection, std::string_view function) {
  return connection.script(fmt::format("SELECT pg_temp.{}()", function));
}

pg::Outcome<void> read_baseline(pg::Blocking& connection, Goal& goal) {
  auto there = has_table(connection, "_pixelpim_journal");
  if (!there || !*there) return there ? pg::Outcome<void>{} : std::unexpected(there.error());
  auto rows = connection.query(std::string(text::baseline));
  if (!rows) return std::unexpected(std::move(rows).error());
  if (rows->empty()) return {};
  for (const auto& line : boost::json::parse(rows->text(0, 0)).as_array())
    goal.lines.emplace_back(std::string_view(line.as_string()));
  goal.changed_then = rows->text(0, 1);
  return {};
}

Result<Goal> goal_of(pg::Blocking& connection, const std::vector<migrate::Migration>& ours) {
  Goal goal;
  auto adopted = connection.query(std::string(text::adopted));
  if (!adopted) return operator_failure(adopted.error());
  if (adopted->number(0, 0) > 0) goal.kept = static_cast<std::size_t>(adopted->number(0, 0));
  if (auto read = read_baseline(connection, goal); !read) return operator_failure(read.error());
  const auto kept_end = ours.begin() + static_cast<std::ptrdiff_t>(goal.kept);
  auto catalogs = migrate::describe_after(connection, {ours.begin(), kept_end});
  if (!catalogs) return operator_failure(catalogs.error());
  goal.catalog = std::move(catalogs->back());
  return goal;
}

// Within a transaction: what stays is known afterwards, and what goes can be asked for.
pg::Outcome<void> lay_out(pg::Blocking& connection, const Goal& goal) {
  if (auto made = connection.script(std::string(text::full_tools)); !made) return made;
  std::vector<std::string> targets;
  for (const auto& [key, object] : goal.catalog) {
    if (object.kind == "column") targets.push_back(fmt::format("('{}', '{}')", object.relation, object.name));
  }
  auto filled =
      connection.script(fmt::format("INSERT INTO pg_temp.rollback_target VALUES {}", fmt::join(targets, ", ")));
  return filled ? call(connection, "rollback_keep") : filled;
}

pg::Outcome<std::vector<TableCount>> count(pg::Blocking& connection) {
  auto rows = connection.query("SELECT c.relation, c.gone, c.cut FROM pg_temp.rollback_counts() c");
  if (!rows) return std::unexpected(std::move(rows).error());
  std::vector<TableCount> counts;
  counts.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i)
    counts.push_back({std::string(rows->text(i, 0)), rows->number(i, 1), rows->number(i, 2)});
  return counts;
}

struct Content {
  std::int64_t rows = 0;
  std::string hash;
  bool operator==(const Content&) const = default;
};
using Contents = std::map<std::string, Content>;

pg::Outcome<Contents> contents(pg::Blocking& connection, bool is_before) {
  auto rows = connection.query(
      fmt::format("SELECT h.relation, h.number, h.hash FROM pg_temp.rollback_hashes({}) h", is_before));
  if (!rows) return std::unexpected(std::move(rows).error());
  Contents found;
  for (int i = 0; i < rows->size(); ++i)
    found[std::string(rows->text(i, 0))] = {rows->number(i, 1), std::string(rows->text(i, 2))};
  return found;
}

Result<void> compare(const Contents& expected, const Contents& found) {
  std::vector<std::string> others;
  for (const auto& [table, content] : expected) {
    const auto at = found.find(table);
    if (at == found.end() || at->second != content)
      others.push_back(fmt::format("\"{}\": {} rows instead of {}, or other contents", table,
                                   at == found.end() ? 0 : at->second.rows, content.rows));
  }
  if (others.empty()) return {};
  return failure(fmt::format("Nothing was done: living rows would have changed. {}", fmt::join(others, "; ")),
                 "That is a fault of this program: keep the backup, and report it.");
}

// "index | Product | Product_sku_userId_key | CREATE UNIQUE INDEX …"
std::string index_of(const std::string& line) {
  const std::size_t begin = line.find(" | ", line.find(" | ") + 3) + 3;
  return line.substr(begin, line.find(" | ", begin) - begin);
}

// Indexes that differ from those of the adoption become what they were; gives what else is not as it was. (What the
// baseline added, because the service should have had it, may stay.)
Result<std::vector<std::string>> restore_catalog(pg::Blocking& connection, const Goal& goal) {
  auto there = migrate::describe_public(connection);
  if (!there) return operator_failure(there.error());
  const auto lines = migrate::lines_of(*there);
  const auto wanted_lines = goal.lines.empty() ? migrate::lines_of(goal.catalog) : goal.lines;
  const std::set<std::string> found(lines.begin(), lines.end()), wanted(wanted_lines.begin(), wanted_lines.end());
  std::vector<std::string> differences;
  std::string repair;
  for (const std::string& line : found) {
    if (wanted.contains(line)) continue;
    if (line.starts_with("index | "))
      repair += fmt::format("DROP INDEX public.\"{}\";", index_of(line));
    else if (goal.changed_then.empty())
      differences.push_back("too much: " + line);
  }
  for (const std::string& line : wanted) {
    if (found.contains(line)) continue;
    if (line.starts_with("index | "))
      repair += line.substr(line.find("CREATE ")) + ";";
    else
      differences.push_back("missing: " + line);
  }
  if (!repair.empty()) {
    if (auto repaired = connection.script("SET LOCAL search_path = public; " + repair); !repaired)
      return operator_failure(repaired.error());
  }
  return differences;
}

std::string head_of(const Goal& goal, const Full& full) {
  std::string line;
  json::Object head(line);
  head.add("pixelpim", version).add("format", 1).add("at", backup::now_text()).add("by", backup::this_operator());
  head.add("state", full.state).add("backup", full.backup).add("kept", goal.kept);
  head.close();
  return line;
}

std::string detail_of(const Full& full, const Contents& living) {
  std::string detail;
  json::Object body(detail);
  body.add("archive", full.archive).add("sha256", full.sha256).add("lines", full.lines).add("backup", full.backup);
  body.add("state", full.state).add("reverted", full.reverted).add("by", backup::this_operator());
  {
    json::Array tables = body.array("tables");
    for (const TableCount& each : full.tables)
      tables.object().add("table", each.table).add("gone", each.gone).add("cut", each.cut);
  }
  {
    json::Array hashes = body.array("living");
    for (const auto& [table, content] : living)
      hashes.object().add("table", table).add("rows", content.rows).add("hash", content.hash);
  }
  body.close();
  return detail;
}

// One try of all of it. nullopt: a table is in somebody's hands.
using Attempt = Result<std::optional<Full>>;

// From the rows that go to the schema that is left; gives what lives, by hash.
Result<Contents> take_away(pg::Blocking& connection, const std::vector<migrate::Migration>& ours, const Goal& goal,
                           Full& full) {
  auto counted = count(connection);
  if (!counted) return operator_failure(counted.error());
  full.tables = *std::move(counted);
  auto before = contents(connection, true);
  if (!before) return operator_failure(before.error());
  for (const std::string_view step : {"rollback_triggers_off", "rollback_fill", "rollback_cut"}) {
    if (auto done = call(connection, step); !done) return operator_failure(done.error());
  }
  auto reverted = migrate::take_back_all(connection, ours, goal.kept);
  if (!reverted) return operator_failure(reverted.error());
  full.reverted = *std::move(reverted);
  if (auto on = call(connection, "rollback_triggers_on"); !on) return operator_failure(on.error());
  auto after = contents(connection, false);
  if (!after) return operator_failure(after.error());
  if (auto same = compare(*before, *after); !same) return std::unexpected(std::move(same).error());
  for (const auto& [table, content] : *after) full.living += content.rows;
  return *std::move(after);
}

pg::Outcome<bool> take_tables(pg::Blocking& connection) {
  if (auto set = connection.script(
          fmt::format("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = {}", patience.table_lock.count()));
      !set)
    return std::unexpected(set.error());
  auto query = connection.query(std::string(text::lock_all));
  if (!query) return std::unexpected(std::move(query).error());
  auto locked = connection.query(std::string(query->text(0, 0)));
  if (locked) return true;
  if (locked.error().sqlstate == "55P03") return false;
  return std::unexpected(std::move(locked).error());
}

Attempt attempt(pg::Blocking& connection, const std::vector<migrate::Migration>& ours, const Goal& goal,
                const std::filesystem::path& folder, Full full) {
  auto transaction = pg::Transaction::begin(connection);
  if (!transaction) return operator_failure(transaction.error());
  auto taken = take_tables(connection);
  if (!taken) return operator_failure(taken.error());
  if (!*taken) return std::nullopt;
  if (auto laid = lay_out(connection, goal); !laid) return operator_failure(laid.error());
  auto living = take_away(connection, ours, goal, full);
  if (!living) return std::unexpected(std::move(living).error());
  auto differences = restore_catalog(connection, goal);
  if (!differences) return std::unexpected(std::move(differences).error());
  if (!differences->empty())
    return failure(
        fmt::format("Nothing was done: the schema would not be what it was. {}", fmt::join(*differences, "; ")),
        "Look at what was changed by hand since; `pixelpim migrate baseline` named it.");
  auto archive = write_archive(connection, folder, head_of(goal, full));
  if (!archive) return std::unexpected(std::move(archive).error());
  full.archive = archive->file, full.sha256 = archive->sha256, full.lines = archive->lines;
  if (auto noted = note(connection, "rollback.full", "done", detail_of(full, *living)); !noted)
    return operator_failure(noted.error());
  if (auto committed = transaction->commit(); !committed) return operator_failure(committed.error());
  full.is_done = true;
  return full;
}

struct LastFull {
  std::string id, state, archive, sha256;
  std::int64_t lines = 0;
};
pg::Outcome<std::optional<LastFull>> last_full(pg::Blocking& connection) {
  auto there = has_table(connection, "_pixelpim_journal");
  if (!there) return std::unexpected(there.error());
  if (!*there) return std::nullopt;
  auto rows = connection.query(std::string(text::last_full));
  if (!rows) return std::unexpected(std::move(rows).error());
  if (rows->empty()) return std::nullopt;
  const auto at = [&](int column) { return std::string(rows->text(0, column)); };
  return LastFull{at(0), at(1), at(2), at(3), rows->number(0, 4)};
}

// What was done before, or nothing where there is something to take back.
Result<std::optional<Full>> done_before(pg::Blocking& connection) {
  auto there = has_table(connection, "Deletion");
  if (!there) return operator_failure(there.error());
  if (*there) return std::nullopt;
  auto last = last_full(connection);
  if (!last) return operator_failure(last.error());
  if (!*last || (*last)->state != "done")
    return failure("This database has no trash: there is nothing to take back.",
                   "`pixelpim migrate status` says what it has.");
  Full full{.is_done = true, .was_done = true};
  full.archive = (*last)->archive, full.sha256 = (*last)->sha256, full.lines = (*last)->lines;
  return full;
}

Result<void> check_servers(pg::Blocking& connection) {
  auto servers = connection.query(std::string(text::servers));
  if (!servers) return operator_failure(servers.error());
  if (servers->empty()) return {};
  return failure(fmt::format("A server is still running on this database (from {}).", servers->text(0, 0)),
                 "Stop it first (systemctl stop pixelpim): it does not fit the schema that this leads back to.");
}

}  // namespace

Result<Full> plan(pg::Blocking& connection) {
  auto before = done_before(connection);
  if (!before) return std::unexpected(std::move(before).error());
  if (*before) return **std::move(before);
  auto ours = migrate::migrations();
  if (!ours) return std::unexpected(std::move(ours).error());
  auto goal = goal_of(connection, *ours);
  if (!goal) return std::unexpected(std::move(goal).error());
  auto transaction = pg::Transaction::begin(connection);
  if (!transaction) return operator_failure(transaction.error());
  if (auto laid = lay_out(connection, *goal); !laid) return operator_failure(laid.error());
  Full full{.state = std::string(state_names[goal->kept - 1])};
  auto counted = count(connection);
  if (!counted) return operator_failure(counted.error());
  full.tables = *std::move(counted);
  for (std::size_t i = ours->size(); i-- > goal->kept;) full.reverted.push_back((*ours)[i].name);
  return full;
}

Result<Full> full(pg::Blocking& connection, const config::Config& config, const std::string& database,
                  const Progress& progress) {
  auto lock = migrate::DeployLock::take(connection, progress, patience);
  if (!lock) return std::unexpected(std::move(lock).error());
  auto before = done_before(connection);
  if (!before) return std::unexpected(std::move(before).error());
  if (*before) return **std::move(before);
  auto store = backup::Store::open(config.backups_folder);
  if (!store) return std::unexpected(std::move(store).error());
  auto proven = backup::require_backup(*store, database);
  if (!proven) return std::unexpected(std::move(proven).error());
  if (auto checked = check_servers(connection); !checked) return std::unexpected(std::move(checked).error());
  auto ours = migrate::migrations();
  if (!ours) return std::unexpected(std::move(ours).error());
  auto goal = goal_of(connection, *ours);
  if (!goal) return std::unexpected(std::move(goal).error());
  if (auto made = make_journal(connection); !made) return operator_failure(made.error());

  const Full begun{.state = std::string(state_names[goal->kept - 1]), .backup = proven->name};
  for (int tried = 1; tried <= attempts_max; ++tried) {
    auto done = attempt(connection, *ours, *goal, config.state / "archives", begun);
    if (!done) return std::unexpected(std::move(done).error());
    if (*done) return **std::move(done);
    progress("A table is in use; trying again.");
    std::this_thread::sleep_for(500ms);
  }
  return failure("Nothing was done: somebody holds a table for too long.",
                 "End that session, and run the command again.");
}

namespace {

Result<std::vector<TakenIn::Table>> take_rows(pg::Blocking& connection, const std::string& entry) {
  if (auto off = call(connection, "rollback_triggers_off"); !off) return operator_failure(off.error());
  auto rows = connection.query("SELECT t.relation, t.given, t.taken FROM pg_temp.archive_take_in() t");
  if (!rows) return operator_failure(rows.error());
  std::vector<TakenIn::Table> tables;
  tables.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i)
    tables.push_back({std::string(rows->text(i, 0)), rows->number(i, 1), rows->number(i, 2)});
  if (auto counted = connection.query(std::string(sql::ops::doctor::fix_totals), {entry}); !counted)
    return operator_failure(counted.error());
  if (auto on = call(connection, "rollback_triggers_on"); !on) return operator_failure(on.error());
  return tables;
}

Result<std::vector<TakenIn::Table>> take_archive(pg::Blocking& connection, const std::filesystem::path& file,
                                                 const LastFull& last) {
  auto transaction = pg::Transaction::begin(connection);
  if (!transaction) return operator_failure(transaction.error());
  for (const std::string_view tools : {text::full_tools, text::take_in_tools}) {
    if (auto made = connection.script(std::string(tools)); !made) return operator_failure(made.error());
  }
  auto read = read_archive(connection, file, last.sha256);
  if (!read) return std::unexpected(std::move(read).error());
  auto noted = note(connection, "rollback.full.undo", "done",
                    fmt::format(R"({{"sha256":"{}","lines":{}}})", read->sha256, read->lines));
  if (!noted) return operator_failure(noted.error());
  auto tables = take_rows(connection, std::to_string(*noted));
  if (!tables) return tables;
  if (auto undone = connection.query(std::string(text::note_undone), {last.id}); !undone)
    return operator_failure(undone.error());
  if (auto committed = transaction->commit(); !committed) return operator_failure(committed.error());
  return tables;
}

}  // namespace

Result<std::string> archive_that_waits(pg::Blocking& connection) {
  auto last = last_full(connection);
  if (!last) return operator_failure(last.error());
  return *last && (*last)->state == "done" ? (*last)->archive : std::string();
}

Result<TakenIn> take_in(pg::Blocking& connection, const std::filesystem::path& archive, const Progress& progress) {
  auto last = last_full(connection);
  if (!last) return operator_failure(last.error());
  if (!*last)
    return failure("No full rollback was made of this database.", "Without one there is no archive to take in.");
  TakenIn result{.archive = archive.empty() ? (*last)->archive : archive.string()};
  if ((*last)->state == "undone") {
    result.was_done = true;
    return result;
  }
  auto ours = migrate::migrations();
  if (!ours) return std::unexpected(std::move(ours).error());
  auto applied = migrate::deploy(connection, *ours, progress);
  if (!applied) return std::unexpected(std::move(applied).error());
  result.applied = *std::move(applied);
  auto lock = migrate::DeployLock::take(connection, progress, patience);
  if (!lock) return std::unexpected(std::move(lock).error());
  auto tables = take_archive(connection, result.archive, **last);
  if (!tables) return std::unexpected(std::move(tables).error());
  result.tables = *std::move(tables);
  return result;
}

}  // namespace pim::ops::rollback
