#include "ops/doctor/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ops/has_table.hpp"
#include "ops/indexes/indexes.hpp"
#include "ops/journal.hpp"
#include "sql/ops/doctor.hpp"

namespace pim::ops::doctor {
namespace {

namespace statements = sql::ops::doctor;

constexpr std::string_view shown_max = "20", commands_max = "1000";

// Fixes that are one statement, which takes the entry of the journal. They need the trash.
constexpr std::pair<std::string_view, std::string_view> simple_fixes[] = {
    {"flags", statements::fix_flags},         {"sizes", statements::fix_sizes},
    {"totals", statements::fix_totals},       {"detached", statements::fix_detached},
    {"sequences", statements::fix_sequences},
};

// Fixes that run the commands which their checks find, outside of a transaction. They change no row: to take one back
// is to say so.
constexpr std::string_view commanding_fixes[] = {"invalid-indexes", "statistics", "bloat"};

// What is planned for the trash, as an array.
pg::Outcome<std::string> planned(pg::Blocking& connection) {
  auto has_journal = has_table(connection, "_pixelpim_changes");
  if (!has_journal) return std::unexpected(std::move(has_journal).error());
  if (!*has_journal) return "{}";
  auto listed = connection.query(std::string(statements::list_planned));
  if (!listed) return std::unexpected(std::move(listed).error());
  return std::string(listed->text(0, 0));
}

pg::Outcome<Finding> find_orphans(pg::Blocking& connection, const Check& check) {
  Finding finding{.check = &check};
  auto queries = connection.query(std::string(statements::orphan_queries));
  if (!queries) return std::unexpected(std::move(queries).error());
  for (int i = 0; i < queries->size(); ++i) {
    auto counted = connection.query(std::string(queries->text(i, 4)));
    if (!counted) return std::unexpected(std::move(counted).error());
    if (counted->number(0, 0) == 0) continue;
    finding.total += counted->number(0, 0);
    auto rows = connection.query(std::string(queries->text(i, 5)));
    if (!rows) return std::unexpected(std::move(rows).error());
    for (int row = 0; row < rows->size(); ++row) finding.rows.emplace_back(rows->text(row, 0));
  }
  return finding;
}

Result<Finding> find_indexes(pg::Blocking& connection, const Check& check) {
  const auto all = indexes::status(connection);
  if (!all) return std::unexpected(all.error());
  Finding finding{.check = &check};
  for (const indexes::Index& index : *all) {
    if (index.state != indexes::State::missing && index.state != indexes::State::different) continue;
    ++finding.total;
    finding.rows.push_back(fmt::format("{} on \"{}\" is {}", index.name, index.table, indexes::name_of(index.state)));
  }
  return finding;
}

pg::Outcome<Finding> look(pg::Blocking& connection, const Check& check) {
  if (check.find.empty()) return find_orphans(connection, check);
  Finding finding{.check = &check};
  std::vector<pg::Blocking::Value> values{shown_max};
  std::string set_aside;
  if (check.name == "duplicates") {
    auto listed = planned(connection);
    if (!listed) return std::unexpected(std::move(listed).error());
    set_aside = *std::move(listed);
    values.emplace_back(set_aside);
  }
  auto rows = connection.query(std::string(check.find), values);
  if (!rows) return std::unexpected(std::move(rows).error());
  if (!rows->empty()) finding.total = rows->number(0, 0);
  for (int row = 0; row < rows->size(); ++row) finding.rows.emplace_back(rows->text(row, 1));
  return finding;
}

Result<Finding> find_by(pg::Blocking& connection, const Check& check) {
  if (check.name == "indexes") return find_indexes(connection, check);
  auto finding = look(connection, check);
  if (!finding) return operator_failure(finding.error());
  return *std::move(finding);
}

pg::Outcome<std::int64_t> run_counted(pg::Blocking& connection, std::string_view statement, std::string_view entry) {
  auto done = connection.query(std::string(statement), {entry});
  if (!done) return std::unexpected(std::move(done).error());
  return done->affected();
}

pg::Outcome<std::int64_t> fix_orphans(pg::Blocking& connection, std::string_view entry) {
  auto queries = connection.query(std::string(statements::orphan_queries));
  if (!queries) return std::unexpected(std::move(queries).error());
  std::int64_t rows = 0;
  for (int i = 0; i < queries->size(); ++i) {
    auto done = run_counted(connection, queries->text(i, 6), entry);
    if (!done) return done;
    rows += *done;
  }
  auto raised = connection.query(std::string(statements::raise_user_sequence));
  if (!raised) return std::unexpected(std::move(raised).error());
  return rows;
}

// Those of a database without a trash are planned only.
pg::Outcome<std::int64_t> fix_duplicates(pg::Blocking& connection, std::string_view entry, bool has_trash) {
  auto known = planned(connection);
  if (!known) return std::unexpected(std::move(known).error());
  auto chosen = connection.query(std::string(statements::plan_duplicates), {entry, *known});
  if (!chosen) return std::unexpected(std::move(chosen).error());
  if (has_trash && chosen->affected() > 0) {
    auto moved = connection.query(std::string(statements::trash_planned), {entry});
    if (!moved) return std::unexpected(std::move(moved).error());
    return moved->number(0, 0);
  }
  return chosen->affected();
}

pg::Outcome<Fixed> fix_in_transaction(pg::Blocking& connection, const std::string& name, bool has_trash) {
  auto transaction = pg::Transaction::begin(connection);
  if (!transaction) return std::unexpected(transaction.error());
  if (auto made = make_journal(connection); !made) return std::unexpected(made.error());
  const bool plans = name == "duplicates" && !has_trash;
  auto entry = note(connection, "doctor." + name, plans ? "planned" : "done", "{}");
  if (!entry) return std::unexpected(entry.error());
  const std::string id = fmt::format("{}", *entry);
  pg::Outcome<std::int64_t> rows = 0;
  if (name == "orphans")
    rows = fix_orphans(connection, id);
  else if (name == "duplicates")
    rows = fix_duplicates(connection, id, has_trash);
  else
    rows = run_counted(connection, std::ranges::find(simple_fixes, name, [](const auto& f) { return f.first; })->second,
                       id);
  if (!rows) return std::unexpected(rows.error());
  if (*rows == 0) return Fixed{};  // and the entry is rolled back
  auto noted = connection.query(std::string(statements::find_entry), {id});
  if (!noted) return std::unexpected(noted.error());
  Fixed fixed{.entry = *entry, .rows = *rows, .is_planned = plans, .deletions = std::string(noted->text(0, 2))};
  if (auto done = transaction->commit(); !done) return std::unexpected(done.error());
  return fixed;
}

pg::Outcome<std::int64_t> put_back(pg::Blocking& connection, const std::string& id) {
  auto queries = connection.query(std::string(statements::undo_queries), {id});
  if (!queries) return std::unexpected(queries.error());
  std::int64_t rows = 0;
  for (int i = 0; i < queries->size(); ++i) {
    auto done = connection.query(std::string(queries->text(i, 0)));
    if (!done) return std::unexpected(done.error());
    rows += done->affected() + queries->number(i, 1);
  }
  auto ended = connection.query(std::string(statements::end_entry), {id, "undone"});
  if (!ended) return std::unexpected(ended.error());
  return rows;
}

Result<std::int64_t> note_fix(pg::Blocking& connection, const std::string& name) {
  if (const auto made = make_journal(connection); !made) return operator_failure(made.error());
  const auto entry = note(connection, "doctor." + name, "done", "{}");
  if (!entry) return operator_failure(entry.error());
  return *entry;
}

// Each of the commands that the check finds.
Result<Fixed> fix_by_commands(pg::Blocking& connection, const std::string& name) {
  const auto check = std::ranges::find(checks(), name, &Check::name);
  const auto rows = connection.query(std::string(check->find), {commands_max});
  if (!rows) return operator_failure(rows.error());
  if (rows->empty()) return Fixed{};
  for (int i = 0; i < rows->size(); ++i) {
    if (const auto done = connection.script(std::string(rows->text(i, 2))); !done)
      return operator_failure(done.error());
  }
  const auto entry = note_fix(connection, name);
  if (!entry) return std::unexpected(entry.error());
  return Fixed{.entry = *entry, .rows = rows->size()};
}

Result<Fixed> fix_indexes(pg::Blocking& connection) {
  const auto built = indexes::apply(connection, [](const std::string&) {});
  if (!built) return std::unexpected(built.error());
  if (built->empty()) return Fixed{};
  const auto entry = note_fix(connection, "indexes");
  if (!entry) return std::unexpected(entry.error());
  for (const std::string& index : *built) {
    const auto noted = connection.query(std::string(statements::note_index), {fmt::format("{}", *entry), index});
    if (!noted) return operator_failure(noted.error());
  }
  return Fixed{.entry = *entry, .rows = std::ssize(*built)};
}

std::unexpected<Problem> undo_failure(const pg::Error& error, std::string_view deletions) {
  if (error.sqlstate == "23505" && !deletions.empty()) {
    return failure(fmt::format("Nothing was undone: what the rows are called is taken ({}).", error.constraint),
                   fmt::format("Restore the deletions {} under new names: POST /trash/deletions/ID/restore with "
                               "{{\"onConflict\":\"rename\"}}.",
                               deletions));
  }
  if (error.sqlstate == "23503") {
    return failure(fmt::format("Nothing was undone: the rows would lead nowhere again ({}).", error.constraint),
                   R"(Bring back first what they lead to. As they were, they are in "_pixelpim_changes".)");
  }
  return operator_failure(error);
}

}  // namespace

std::string_view name_of(Severity severity) {
  constexpr std::string_view names[] = {"notice", "warning", "broken"};
  return names[static_cast<std::size_t>(severity)];
}

Result<std::vector<Finding>> examine(pg::Blocking& connection, bool only_what_stops_adoption) {
  std::vector<Finding> found;
  auto is_ours = has_table(connection, "Product");
  if (!is_ours) return operator_failure(is_ours.error());
  if (!*is_ours) {
    return failure("There is no PixelPim data in this database.",
                   "Check DATABASE_URL, or run `pixelpim migrate deploy`.");
  }
  for (const Check& check : checks()) {
    if (only_what_stops_adoption && !check.stops_adoption) continue;
    auto has_it = check.needs.empty() ? pg::Outcome<bool>(true) : has_table(connection, check.needs);
    if (!has_it) return operator_failure(has_it.error());
    if (!*has_it) continue;
    auto finding = find_by(connection, check);
    if (!finding) return std::unexpected(std::move(finding).error());
    if (finding->total > 0) found.push_back(*std::move(finding));
  }
  return found;
}

std::vector<std::string> fixes() {
  std::vector<std::string> names{"duplicates", "orphans", "indexes"};
  names.insert(names.end(), std::begin(commanding_fixes), std::end(commanding_fixes));
  for (const auto& [name, statement] : simple_fixes) names.emplace_back(name);
  return names;
}

Result<Fixed> fix(pg::Blocking& connection, const std::string& name) {
  auto has_trash = has_table(connection, "Deletion");
  if (!has_trash) return operator_failure(has_trash.error());
  if (!*has_trash && name != "duplicates" && name != "orphans") {
    return failure(fmt::format("\"{}\" can be fixed only in a database that is migrated.", name),
                   "Run `pixelpim migrate deploy` first: this does not stand in its way.");
  }
  if (name == "indexes") return fix_indexes(connection);
  if (std::ranges::find(commanding_fixes, name) != std::end(commanding_fixes)) return fix_by_commands(connection, name);
  auto fixed = fix_in_transaction(connection, name, *has_trash);
  if (!fixed) return operator_failure(fixed.error());
  return *std::move(fixed);
}

Result<std::int64_t> undo(pg::Blocking& connection, std::int64_t id) {
  const std::string text = fmt::format("{}", id);
  auto has_journal = has_table(connection, "_pixelpim_journal");
  if (!has_journal) return operator_failure(has_journal.error());
  auto transaction = pg::Transaction::begin(connection);
  if (!transaction) return operator_failure(transaction.error());
  std::string state, operation, deletions;
  if (*has_journal) {
    auto entry = connection.query(std::string(statements::find_entry), {text});
    if (!entry) return operator_failure(entry.error());
    if (!entry->empty()) {
      operation = entry->text(0, 0);
      state = entry->text(0, 1);
      deletions = entry->text(0, 2);
    }
  }
  if (!operation.starts_with("doctor.")) {
    return failure(fmt::format("The doctor did nothing that has the number {}.", id),
                   "`pixelpim doctor --history` lists it.");
  }
  if (state == "undone") return failure(fmt::format("Number {} is undone already.", id));
  auto rows = put_back(connection, text);
  if (!rows) return undo_failure(rows.error(), deletions);
  if (auto done = transaction->commit(); !done) return operator_failure(done.error());
  return *rows;
}

Result<std::vector<Entry>> history(pg::Blocking& connection) {
  std::vector<Entry> entries;
  auto has_journal = has_table(connection, "_pixelpim_journal");
  if (!has_journal) return operator_failure(has_journal.error());
  if (!*has_journal) return entries;
  auto rows = connection.query(std::string(statements::list_entries));
  if (!rows) return operator_failure(rows.error());
  for (int i = 0; i < rows->size(); ++i) {
    entries.push_back({rows->number(i, 0), std::string(rows->text(i, 1)), std::string(rows->text(i, 2)),
                       std::string(rows->text(i, 3)), rows->number(i, 4)});
  }
  return entries;
}

pg::Outcome<void> set_planned_aside(pg::Blocking& connection) {
  auto has_journal = has_table(connection, "_pixelpim_changes");
  if (!has_journal) return std::unexpected(has_journal.error());
  if (!*has_journal) return {};
  auto moved = connection.query(std::string(statements::set_aside));
  if (!moved) return std::unexpected(moved.error());
  return {};
}

pg::Outcome<void> trash_planned(pg::Blocking& connection) {
  auto has_journal = has_table(connection, "_pixelpim_changes");
  if (!has_journal) return std::unexpected(has_journal.error());
  if (!*has_journal) return {};
  auto entries = connection.query(std::string(statements::planned_entries));
  if (!entries) return std::unexpected(entries.error());
  for (int i = 0; i < entries->size(); ++i) {
    auto moved = connection.query(std::string(statements::trash_planned), {entries->text(i, 0)});
    if (!moved) return std::unexpected(moved.error());
  }
  return {};
}

}  // namespace pim::ops::doctor
