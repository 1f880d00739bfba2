#include "ops/migrate/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ops/migrate/script.hpp"

namespace pim::ops::migrate {
namespace {

constexpr std::string_view exclusive = "ACCESS EXCLUSIVE on \"{}\": reads and writes wait";
constexpr std::string_view share = "SHARE on \"{}\": writes wait";
constexpr std::string_view share_row = "SHARE ROW EXCLUSIVE on \"{}\": writes wait";
constexpr std::string_view update = "SHARE UPDATE EXCLUSIVE on \"{}\": nobody waits";
constexpr std::string_view rows = "ROW EXCLUSIVE on \"{}\": only who writes the same rows waits";

std::string on(std::string_view lock, const std::string& table) { return fmt::format(fmt::runtime(lock), table); }

// The word behind `sequence`, or npos.
std::size_t after(const Step& step, std::initializer_list<std::string_view> sequence) {
  for (std::size_t at = 0; at + sequence.size() <= step.words.size(); ++at) {
    if (std::equal(sequence.begin(), sequence.end(), step.words.begin() + static_cast<std::ptrdiff_t>(at)))
      return at + sequence.size();
  }
  return std::string::npos;
}

Remark index_remark(const Step& step, const std::string& table, bool in_steps) {
  Remark remark;
  if (step.has({"INDEX", "CONCURRENTLY"})) {
    remark.lock = on(update, table);
    if (!in_steps) remark.trouble = "CONCURRENTLY can't run in a transaction: begin the file with the line `-- steps`";
    return remark;
  }
  remark.lock = on(share, table);
  remark.trouble =
      "it stops all writes while it is built: CREATE INDEX CONCURRENTLY, in a file that begins with `-- steps`";
  return remark;
}

std::string alter_trouble(const Step& step) {
  const bool has_type = step.has({"TYPE"}) && step.has({"ALTER"}) && !step.has({"ADD", "COLUMN"});
  if (has_type) return "changing a type may rewrite the table: add a column, fill it in batches, and switch";
  if (step.has({"SET", "NOT", "NULL"})) {
    return "it reads all rows under this lock: ADD CONSTRAINT … CHECK (… IS NOT NULL) NOT VALID, VALIDATE it, then "
           "this";
  }
  if (step.has({"ADD", "CONSTRAINT"}) && (step.has({"FOREIGN", "KEY"}) || step.has({"CHECK"})) &&
      !step.has({"NOT", "VALID"})) {
    return "it reads all rows under this lock: NOT VALID first, VALIDATE CONSTRAINT in a statement of its own";
  }
  if (step.has({"ADD", "CONSTRAINT"}) && (step.has({"UNIQUE"}) || step.has({"PRIMARY", "KEY"})) &&
      !step.has({"USING", "INDEX"})) {
    return "it builds an index under this lock: build it CONCURRENTLY, then ADD CONSTRAINT … USING INDEX";
  }
  constexpr std::string_view volatile_defaults[] = {"CLOCK_TIMESTAMP", "RANDOM", "GEN_RANDOM_UUID",
                                                    "NEXTVAL",         "SERIAL", "BIGSERIAL"};
  const auto is_volatile = [&](const std::string& word) {
    return std::ranges::find(volatile_defaults, word) != std::end(volatile_defaults);
  };
  if (step.has({"ADD", "COLUMN"}) &&
      (std::ranges::any_of(step.words, is_volatile) || step.has({"GENERATED", "ALWAYS", "AS", "("}))) {
    return "a default that differs from row to row rewrites the table: add the column without it, fill it in batches";
  }
  if (step.has({"DROP", "COLUMN"}))
    return "the last version of the program may still read it: drop it one version later";
  if (step.has({"RENAME"})) return "the last version of the program knows the old name: add the new one beside it";
  return {};
}

Remark alter_remark(const Step& step, const std::string& table) {
  Remark remark;
  if (step.has({"VALIDATE", "CONSTRAINT"})) {
    remark.lock = on(update, table);
    return remark;
  }
  const bool adds_key = step.has({"ADD", "CONSTRAINT"}) && step.has({"FOREIGN", "KEY"}) && !step.has({"DROP"});
  remark.lock = on(adds_key ? share_row : exclusive, table);
  remark.trouble = alter_trouble(step);
  return remark;
}

Remark rows_remark(const Step& step, const std::string& table, bool in_steps) {
  Remark remark{.lock = on(rows, table)};
  if (!step.repeats || !in_steps) {
    remark.trouble =
        "all rows in one transaction: whoever writes one of them waits until it ends. In a file that begins with "
        "`-- steps`, below a line `-- repeat`, take some at a time (WHERE id IN (SELECT … LIMIT 1000))";
  }
  return remark;
}

// The table that a statement locks and was there before; "" for none.
std::string table_of(const Step& step) {
  if (step.begins({"CREATE"}) && after(step, {"INDEX"}) != std::string::npos && !step.has({"TABLE"}))
    return step.name_at(after(step, {"ON"}));
  if (step.begins({"ALTER", "TABLE"}) || step.begins({"DROP", "TABLE"})) return step.name_at(2);
  if (step.begins({"DROP", "INDEX"})) return "its table";
  if (step.begins({"UPDATE"})) return step.name_at(1);
  if (step.begins({"DELETE", "FROM"})) return step.name_at(2);
  if (step.begins({"TRUNCATE"})) return step.name_at(step.words.size() > 1 && step.words[1] == "TABLE" ? 2 : 1);
  if (step.begins({"CREATE"}) && step.has({"TRIGGER"}) && !step.has({"FUNCTION"}))
    return step.name_at(after(step, {"ON"}));
  return {};
}

Remark remark_on(const Step& step, const std::string& table, bool in_steps) {
  if (step.begins({"CREATE"}) && step.has({"TRIGGER"})) return {.lock = on(share_row, table)};
  if (step.begins({"CREATE"})) return index_remark(step, table, in_steps);
  if (step.begins({"ALTER"})) return alter_remark(step, table);
  if (step.begins({"UPDATE"}) || step.begins({"DELETE"})) return rows_remark(step, table, in_steps);
  if (step.begins({"DROP", "INDEX", "CONCURRENTLY"})) return {.lock = on(update, table)};
  Remark remark{.lock = on(exclusive, table)};
  if (step.begins({"DROP", "TABLE"}) || step.begins({"TRUNCATE"}))
    remark.trouble = "rows go for good: is there a backup?";
  return remark;
}

}  // namespace

std::vector<Remark> lint(const Migration& migration) {
  std::vector<Remark> remarks;
  std::set<std::string> made;
  const bool in_steps = runs_in_steps(migration.up);
  for (const Step& step : steps_of(migration.up)) {
    if (step.begins({"CREATE", "TABLE"}) || step.begins({"CREATE", "UNLOGGED", "TABLE"}))
      made.insert(step.name_at(step.words[1] == "TABLE" ? 2 : 3));
    const std::string table = table_of(step);
    if (table.empty() || made.contains(table)) continue;
    Remark remark = remark_on(step, table, in_steps);
    remark.statement = step.text.substr(0, step.text.find('\n')).substr(0, 100);
    remarks.push_back(std::move(remark));
  }
  if (migration.down.empty())
    remarks.push_back({.statement = "down.sql", .trouble = "it is missing: there is no way back"});
  return remarks;
}

}  // namespace pim::ops::migrate
