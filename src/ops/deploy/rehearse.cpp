#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "ops/backup/backup.hpp"
#include "ops/deploy/deploy.hpp"
#include "ops/indexes/indexes.hpp"
#include "ops/journal.hpp"
#include "ops/migrate/baseline.hpp"
#include "ops/migrate/lint.hpp"
#include "ops/migrate/migrate.hpp"
#include "pg/check.hpp"
#include "pg/programs.hpp"
#include "sql/ops/deploy.hpp"

namespace pim::ops::deploy {
namespace {

struct TableFile {
  std::int64_t rows = 0, bytes = 0;
  std::string file;
};
using TableFiles = std::map<std::string, TableFile>;

Result<TableFiles> table_files(pg::Blocking& connection) {
  auto rows = connection.query(std::string(sql::ops::deploy::files_of_tables));
  if (!rows) return operator_failure(rows.error());
  TableFiles files;
  for (int i = 0; i < rows->size(); ++i)
    files[std::string(rows->text(i, 0))] = {rows->number(i, 1), rows->number(i, 2), std::string(rows->text(i, 3))};
  return files;
}

double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

// One step, with the time that it took and the tables that lie in another file after it.
Result<RehearsedStep> timed(pg::Blocking& connection, std::string name, const std::function<Result<void>()>& act) {
  auto before = table_files(connection);
  if (!before) return std::unexpected(std::move(before).error());
  RehearsedStep step{.name = std::move(name)};
  const auto began = std::chrono::steady_clock::now();
  if (auto done = act(); !done) return std::unexpected(std::move(done).error());
  step.seconds = seconds_since(began);
  auto after = table_files(connection);
  if (!after) return std::unexpected(std::move(after).error());
  for (const auto& [table, file] : *after) {
    const auto at = before->find(table);
    if (at == before->end() || at->second.file == file.file) continue;
    step.rows += at->second.rows;
    step.bytes_rewritten += file.bytes;
  }
  return step;
}

std::vector<std::string> locks_of(const migrate::Migration& migration) {
  std::vector<std::string> locks;
  for (const auto& remark : migrate::lint(migration)) {
    if (std::ranges::find(locks, remark.lock) == locks.end()) locks.push_back(remark.lock);
  }
  return locks;
}

Result<void> rehearse_migrations(pg::Blocking& connection, Rehearsal& rehearsal, const Progress& progress) {
  auto ours = migrate::migrations();
  if (!ours) return std::unexpected(std::move(ours).error());
  auto adopted = migrate::baseline(connection, *ours, true, false, progress);
  if (adopted && adopted->is_refused())
    return failure("The copy can't be adopted as it is.", "`pixelpim migrate baseline` says what is in the way.");
  std::vector<migrate::Migration> so_far;
  for (const migrate::Migration& each : *ours) {
    so_far.push_back(each);
    std::vector<std::string> applied;
    auto step = timed(connection, each.name, [&]() -> Result<void> {
      auto done = migrate::deploy(connection, so_far, progress);
      if (!done) return std::unexpected(std::move(done).error());
      applied = *std::move(done);
      return {};
    });
    if (!step) return std::unexpected(std::move(step).error());
    if (applied.empty()) continue;
    step->locks = locks_of(each);
    rehearsal.steps.push_back(*std::move(step));
  }
  return {};
}

}  // namespace

Result<Rehearsal> rehearse(const config::Config& config, const std::string& database_url, const Progress& progress) {
  auto store = backup::Store::open(config.backups_folder);
  if (!store) return std::unexpected(std::move(store).error());
  const auto newest = backup::newest_backup(*store, pg::database_of(database_url), backup::Grade::c);
  if (!newest) return failure("There is no backup of this database.", "pixelpim backup create --verify");
  auto found = store->find(newest->name);
  if (!found) return std::unexpected(std::move(found).error());
  Rehearsal rehearsal{.backup = newest->name};
  const auto began = std::chrono::steady_clock::now();
  auto scratch = backup::restore_into_scratch(database_url, *found, {.jobs = 2}, progress);
  if (!scratch) return std::unexpected(std::move(scratch).error());
  rehearsal.restored_seconds = seconds_since(began);
  {
    auto connection = pg::Blocking::connect(scratch->url());
    if (!connection) return operator_failure(connection.error());
    if (auto analyzed = connection->script("ANALYZE"); !analyzed) return operator_failure(analyzed.error());
    if (auto done = rehearse_migrations(*connection, rehearsal, progress); !done)
      return std::unexpected(std::move(done).error());
    auto indexed = timed(*connection, "indexes", [&]() -> Result<void> {
      auto applied = indexes::apply(*connection, progress);
      return applied ? Result<void>{} : std::unexpected(std::move(applied).error());
    });
    if (!indexed) return std::unexpected(std::move(indexed).error());
    rehearsal.steps.push_back(*std::move(indexed));
  }
  if (auto fits = pg::check_statements(scratch->url()); !fits) return std::unexpected(std::move(fits).error());
  rehearsal.total_seconds = seconds_since(began);
  return rehearsal;
}

}  // namespace pim::ops::deploy
