#include "ops/migrate/migrate.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "migrations.hpp"

namespace pim::ops::migrate {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// The lock of the replaced service's tool, and ours.
constexpr std::string_view their_lock = "72707369", our_lock = "7270736901";
constexpr int oldest_server = 150000;

constexpr const char* create_ledger = R"sql(
CREATE TABLE IF NOT EXISTS "_pixelpim_migrations" (
    "id"                  VARCHAR(36) PRIMARY KEY,
    "checksum"            VARCHAR(64) NOT NULL,
    "finished_at"         TIMESTAMPTZ,
    "migration_name"      VARCHAR(255) NOT NULL,
    "logs"                TEXT,
    "rolled_back_at"      TIMESTAMPTZ,
    "started_at"          TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
))sql";

std::unexpected<Problem> database_failure(const pg::Error& error) {
  return failure(fmt::format("The database says: {}{}{}", error.message, error.detail.empty() ? "" : " ", error.detail),
                 error.hint);
}

template <class T>
std::unexpected<Problem> database_failure(const pg::Outcome<T>& outcome) {
  return database_failure(outcome.error());
}

Result<std::string> read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return failure(fmt::format("{} can't be read.", file.string()));
  return std::move(text).str();
}

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

// The session that migrates this database now, in words.
std::string other_deployer(pg::Blocking& connection) {
  auto rows = connection.query(fmt::format(
      "SELECT format('%s, pid %s', coalesce(nullif(application_name, ''), 'unnamed'), pid)"
      " FROM pg_locks JOIN pg_stat_activity USING (pid)"
      " WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND database = datid AND datname = current_database()"
      " AND (classid::int8 << 32 | objid::int8) IN ({}, {}) LIMIT 1",
      their_lock, our_lock));
  return rows && !rows->empty() ? std::string(rows->text(0, 0)) : "it has just ended";
}

// Held by the session, outside of any transaction, until the end of its scope.
class DeployLock {
 public:
  static Result<DeployLock> take(pg::Blocking& connection, const Progress& progress, const Patience& patience) {
    const auto end = std::chrono::steady_clock::now() + patience.other_deploy;
    bool told = false;
    for (;;) {
      auto taken =
          connection.query(fmt::format("SELECT CASE WHEN pg_try_advisory_lock({0}) THEN pg_try_advisory_lock({1}) OR "
                                       "NOT pg_advisory_unlock({0}) END",
                                       their_lock, our_lock));
      if (!taken) return database_failure(taken);
      if (taken->text(0, 0) == "t") return DeployLock(connection);
      const std::string other = other_deployer(connection);
      if (std::chrono::steady_clock::now() >= end) {
        return failure(fmt::format("Another program has been migrating this database for too long ({}).", other),
                       "Wait until it ends, or end it, and run the command again.");
      }
      if (!std::exchange(told, true)) {
        progress(fmt::format("Another program is migrating this database ({}); waiting for it.", other));
      }
      std::this_thread::sleep_for(200ms);
    }
  }
  DeployLock(DeployLock&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  DeployLock& operator=(DeployLock&&) = delete;
  ~DeployLock() {
    if (connection_ != nullptr) {
      std::ignore = connection_->query(
          fmt::format("SELECT pg_advisory_unlock({}), pg_advisory_unlock({})", our_lock, their_lock));
    }
  }

 private:
  explicit DeployLock(pg::Blocking& connection) : connection_(&connection) {}
  pg::Blocking* connection_;
};

// A database that the old tool keeps is taken over by a command of its own.
Result<void> check_database(pg::Blocking& connection) {
  if (connection.server_version() < oldest_server) {
    return failure(
        fmt::format("This server is PostgreSQL {}; 15 or newer is needed.", connection.server_version() / 10000));
  }
  auto found = connection.query(
      "SELECT to_regclass('public.\"_prisma_migrations\"') IS NOT NULL, to_regclass('public.\"User\"') IS NOT NULL,"
      " to_regclass('public.\"_pixelpim_migrations\"') IS NOT NULL");
  if (!found) return database_failure(found);
  const bool theirs = found->text(0, 0) == "t", has_tables = found->text(0, 1) == "t", ours = found->text(0, 2) == "t";
  if (!ours && (theirs || has_tables)) {
    return failure("This database was made by another program.",
                   "Take a backup; adopting such a database is the work of `pixelpim migrate baseline`, which this "
                   "version does not have yet.");
  }
  return {};
}

struct LedgerRow {
  std::string checksum, finished_at, logs;
  bool is_applied;
};

// The newest row of each migration.
Result<std::map<std::string, LedgerRow>> read_ledger(pg::Blocking& connection) {
  std::map<std::string, LedgerRow> ledger;
  auto exists = connection.query("SELECT to_regclass('public.\"_pixelpim_migrations\"') IS NOT NULL");
  if (!exists) return database_failure(exists);
  if (exists->text(0, 0) != "t") return ledger;
  auto rows = connection.query(
      "SELECT DISTINCT ON (migration_name) migration_name, checksum, to_char(finished_at, "
      "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
      " logs, finished_at IS NOT NULL AND rolled_back_at IS NULL, rolled_back_at IS NOT NULL"
      " FROM \"_pixelpim_migrations\" ORDER BY migration_name, started_at DESC, id");
  if (!rows) return database_failure(rows);
  for (int row = 0; row < rows->size(); ++row) {
    if (rows->text(row, 5) == "t") continue;
    ledger[std::string(rows->text(row, 0))] = {.checksum = std::string(rows->text(row, 1)),
                                               .finished_at = std::string(rows->text(row, 2)),
                                               .logs = std::string(rows->text(row, 3)),
                                               .is_applied = rows->text(row, 4) == "t"};
  }
  return ledger;
}

// The sessions that hold locks on tables: one of them has what the migration waited for.
std::string lock_holders(pg::Blocking& connection) {
  auto rows = connection.query(
      "SELECT string_agg(format('%s, pid %s, since %s s: %s', coalesce(nullif(application_name, ''), 'unnamed'), pid,"
      " extract(epoch FROM now() - xact_start)::int, left(query, 60)), '; ' ORDER BY xact_start) FROM pg_stat_activity "
      "a"
      " WHERE pid <> pg_backend_pid() AND datname = current_database() AND EXISTS (SELECT FROM pg_locks l"
      " WHERE l.pid = a.pid AND l.granted AND l.locktype = 'relation' AND l.relation >= 16384)");
  return rows && !rows->is_null(0, 0) ? std::string(rows->text(0, 0)) : "nobody that is still there";
}

pg::Outcome<void> note_success(pg::Blocking& connection, const Migration& migration) {
  const std::string checksum = migration.checksum();
  auto noted = connection.query(
      "INSERT INTO \"_pixelpim_migrations\" (id, checksum, migration_name, started_at, finished_at, "
      "applied_steps_count)"
      " VALUES (gen_random_uuid()::text, $1, $2, now(), clock_timestamp(), 1)",
      {checksum, migration.name});
  if (!noted) return std::unexpected(std::move(noted).error());
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

pg::Outcome<void> run_once(pg::Blocking& connection, const Migration& migration, const Patience& patience) {
  auto transaction = pg::Transaction::begin(connection);
  if (!transaction) return std::unexpected(transaction.error());
  const std::string limits =
      fmt::format("SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = 0", patience.table_lock.count());
  if (auto set = connection.script(limits); !set) return set;
  if (auto ran = run_file(connection, migration.up); !ran) return ran;
  if (auto noted = note_success(connection, migration); !noted) return noted;
  return transaction->commit();
}

void note_failure(pg::Blocking& connection, const Migration& migration, const std::string& logs) {
  const std::string checksum = migration.checksum();
  std::ignore = connection.query(
      "INSERT INTO \"_pixelpim_migrations\" (id, checksum, migration_name, logs) VALUES (gen_random_uuid()::text, $1, "
      "$2, $3)",
      {checksum, migration.name, logs});
}

Result<void> apply(pg::Blocking& connection, const Migration& migration, const Progress& progress,
                   const Patience& patience) {
  for (int attempt = 1;; ++attempt) {
    auto done = run_once(connection, migration, patience);
    if (done) return {};
    const pg::Error& error = done.error();
    if (error.sqlstate == "55P03" && attempt < patience.attempts) {
      progress(fmt::format("{} waits for a table; locks are held by: {}", migration.name, lock_holders(connection)));
      std::this_thread::sleep_for(200ms * attempt);
      continue;
    }
    std::string said = fmt::format("{} {} {}", error.sqlstate, error.message, error.detail);
    if (error.sqlstate == "55P03") said += "; locks are held by: " + lock_holders(connection);
    note_failure(connection, migration, said);
    return failure(fmt::format("The migration {} failed and changed nothing: {}", migration.name, said),
                   "Remove the cause, then run `pixelpim migrate deploy` again.");
  }
}

}  // namespace

std::string Migration::checksum() const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(up.data(), up.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

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
    entries.push_back({migration.name, state, row.finished_at, row.is_applied ? std::string{} : row.logs});
  }
  return entries;
}

Result<std::vector<std::string>> deploy(pg::Blocking& connection, const std::vector<Migration>& wanted,
                                        const Progress& progress, const Patience& patience) {
  auto lock = DeployLock::take(connection, progress, patience);
  if (!lock) return std::unexpected(std::move(lock).error());
  if (auto checked = check_database(connection); !checked) return std::unexpected(std::move(checked).error());
  if (auto made = connection.script(create_ledger); !made) return database_failure(made);
  auto entries = status(connection, wanted);
  if (!entries) return std::unexpected(std::move(entries).error());
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
    if (auto done = apply(connection, wanted[i], progress, patience); !done)
      return std::unexpected(std::move(done).error());
    applied.push_back(entry.name);
  }
  return applied;
}

}  // namespace pim::ops::migrate
