#include "ops/migrate/migrate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "base/sha256.hpp"
#include "migrations.hpp"
#include "ops/journal.hpp"
#include "ops/migrate/apply.hpp"
#include "ops/migrate/deploy_lock.hpp"
#include "ops/migrate/ledger.hpp"
#include "sql/ops/migrate.hpp"

namespace pim::ops::migrate {

namespace fs = std::filesystem;
namespace statements = sql::ops::migrate;

namespace {

constexpr int oldest_server = 150000;

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

}  // namespace pim::ops::migrate
