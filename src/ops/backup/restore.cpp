#include <fmt/format.h>
#include <unistd.h>

#include <thread>

#include "base/sha256.hpp"
#include "ops/backup/backup.hpp"
#include "pg/programs.hpp"
#include "sql/ops/backup.hpp"

namespace pim::ops::backup {
namespace {

namespace fs = std::filesystem;

Result<std::vector<std::string>> restore_and_compare(const Backup& backup, const std::string& url,
                                                     const RestoreHow& how, const Progress& progress) {
  if (auto filled = fill_database(url, backup, how, progress); !filled) return std::unexpected(filled.error());
  return compare(url, backup, progress);
}

Result<std::vector<std::string>> prove(const Backup& backup, const VerifyOptions& options, const Progress& progress) {
  const auto scratch = restore_into_scratch(options.scratch_url, backup, {.jobs = options.jobs}, progress);
  if (!scratch) return std::unexpected(scratch.error());
  return compare(scratch->url(), backup, progress);
}

std::string joined(const std::vector<std::string>& texts) {
  std::string text;
  for (const std::string& each : texts) text += (text.empty() ? "" : "; ") + each;
  return text;
}

// Only what is whole is restored.
Result<void> require_whole(const Store& store, const Backup& backup) {
  const auto troubles = store.read_through(backup);
  if (!troubles) return std::unexpected(troubles.error());
  if (troubles->empty()) return {};
  return failure(fmt::format("{} is damaged: {}.", backup.name(), joined(*troubles)),
                 "Nothing was changed. Take another backup: `pixelpim backup list` has their grades.");
}

enum class There : std::uint8_t { nothing, empty_database, database };

Result<There> look_at(pg::Blocking& server, const std::string& url, const std::string& name) {
  const auto found = server.query("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", {name});
  if (!found) return database_trouble(found.error());
  if (found->text(0, 0) != "t") return There::nothing;
  auto connection = connect_to(url);
  if (!connection) return std::unexpected(std::move(connection).error());
  const auto filled = connection->query(
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM "
      "pg_catalog.pg_depend d"
      " WHERE d.deptype = 'e' AND d.objid = c.oid))");
  if (!filled) return database_trouble(filled.error());
  return filled->text(0, 0) == "t" ? There::database : There::empty_database;
}

// Who uses a database; what has just ended is waited for.
std::string sessions_on(pg::Blocking& server, const std::string& name) {
  for (int attempt = 1;; ++attempt) {
    const auto rows = server.query(
        "SELECT coalesce(string_agg(format('%s, pid %s', coalesce(nullif(application_name, ''), 'unnamed'), pid), '; "
        "'), '')"
        " FROM pg_stat_activity WHERE datname = $1",
        {name});
    const std::string sessions = rows ? std::string(rows->text(0, 0)) : "";
    if (sessions.empty() || attempt == 20) return sessions;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

std::unexpected<Problem> in_use(const std::string& name, const std::string& sessions) {
  return failure(fmt::format("The database {} is in use ({}).", name, sessions),
                 "Stop what uses it (`pixelpim up`, `pixelpim serve`), then run the same command again.");
}

// Both names at once, or neither.
Result<void> take_name_over(pg::Blocking& server, const std::string& fresh, const std::string& name,
                            const std::string& kept) {
  const auto rename = [](const std::string& from, const std::string& to) {
    return fmt::format("ALTER DATABASE {} RENAME TO {}; ", quoted_name(from), quoted_name(to));
  };
  const std::string script = "BEGIN; " + (kept.empty() ? "" : rename(name, kept)) + rename(fresh, name) + "COMMIT";
  for (int attempt = 1;; ++attempt) {
    const auto renamed = server.script(script);
    if (renamed) return {};
    std::ignore = server.script("ROLLBACK");
    if (renamed.error().sqlstate != "55006") return database_trouble(renamed.error());
    std::string sessions = sessions_on(server, name);  // those on the new one are our own, and about to end
    if (!sessions.empty() || attempt == 5) return in_use(name, sessions);
  }
}

// Of the database until it gets its name: one that nobody gives, for it is dropped where an earlier one left it behind.
std::string fresh_name(const std::string& into) { return "pixelpim_restoring_" + sha256_of(into).substr(0, 16); }

// Beside what is there, with several connections; the name comes last.
Result<Restored> restore_beside(pg::Blocking& server, const std::string& server_url, const Backup& backup,
                                const RestoreOptions& options, bool replaces, const Progress& progress) {
  const std::string fresh = fresh_name(options.into);
  const auto dropped = server.query(fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted_name(fresh)));
  if (!dropped) return database_trouble(dropped.error());
  if (replaces) {
    if (const std::string sessions = sessions_on(server, options.into); !sessions.empty()) {
      return in_use(options.into, sessions);
    }
  }
  if (auto made = create_database(server, fresh, backup.manifest); !made) return std::unexpected(made.error());
  const std::string url = pg::with_database(server_url, fresh);
  const auto drop = [&] {
    std::ignore = server.query(fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted_name(fresh)));
  };
  const auto troubles = restore_and_compare(backup, url, {.jobs = options.jobs}, progress);
  if (!troubles || !troubles->empty()) {
    drop();
    if (!troubles) return std::unexpected(troubles.error());
    return failure(fmt::format("What was restored is not what was backed up: {}.", joined(*troubles)),
                   "Nothing was changed. Take another backup: `pixelpim backup list` has their grades.");
  }
  Restored restored{.database = options.into, .url = pg::with_database(server_url, options.into)};
  if (replaces) {
    restored.kept = options.into.substr(0, 30) + "_before_" + backup.name().substr(backup.name().size() - 15);
    // A name that is taken already: the same backup was restored before.
    const auto taken = server.query("SELECT count(*) FROM pg_database WHERE starts_with(datname, $1)", {restored.kept});
    if (taken && taken->number(0, 0) > 0) restored.kept += fmt::format("_{}", taken->number(0, 0) + 1);
  }
  if (auto named = take_name_over(server, fresh, options.into, restored.kept); !named) {
    drop();
    return std::unexpected(named.error());
  }
  return restored;
}

// A database that is there and empty may be all that this role has: it is filled in one transaction, or stays empty.
Result<Restored> restore_in_place(const std::string& url, const Backup& backup, const RestoreOptions& options,
                                  const Progress& progress) {
  const auto troubles = restore_and_compare(backup, url, {.in_one_transaction = true}, progress);
  if (!troubles) return std::unexpected(troubles.error());
  if (troubles->empty()) return Restored{.database = options.into, .url = url};
  return failure(fmt::format("What was restored is not what was backed up: {}.", joined(*troubles)),
                 fmt::format("Drop the database {}, and take another backup.", options.into));
}

}  // namespace

Result<Graded> verify(const Store& store, const Backup& backup, const VerifyOptions& options,
                      const Progress& progress) {
  Graded graded{.grade = Grade::b, .at = now_text(), .by = this_operator()};
  auto troubles = store.read_through(backup);
  if (!troubles) return std::unexpected(std::move(troubles).error());
  if (troubles->empty() && !options.quick) {
    troubles = prove(backup, options, progress);
    if (!troubles) return std::unexpected(std::move(troubles).error());
    graded.grade = Grade::a;
  }
  graded.troubles = *std::move(troubles);
  if (!graded.troubles.empty()) graded.grade = Grade::broken;
  // What was proven stays so while not a byte has changed.
  if (options.quick && graded.grade == Grade::b && backup.graded.grade == Grade::a) return backup.graded;
  if (auto recorded = store.record(backup, graded); !recorded) return std::unexpected(recorded.error());
  return graded;
}

Result<Restored> restore(const Store& store, const Backup& backup, const std::string& server_url,
                         const RestoreOptions& options, const Progress& progress) {
  if (auto whole = require_whole(store, backup); !whole) return std::unexpected(whole.error());
  auto server = connect_to(server_url);
  if (!server) return std::unexpected(std::move(server).error());
  const auto alone =
      server->query("SELECT pg_try_advisory_lock(hashtext('pixelpim restore'), hashtext($1))", {options.into});
  if (!alone) return database_trouble(alone.error());
  if (alone->text(0, 0) != "t") {
    return failure(fmt::format("Another program is restoring into {}.", options.into), "Wait until it has ended.");
  }
  const std::string url = pg::with_database(server_url, options.into);
  const auto there = look_at(*server, url, options.into);
  if (!there) return std::unexpected(there.error());
  if (*there == There::database && !options.replace) {
    return failure(
        fmt::format("The database {} is not empty.", options.into),
        "Name another one, or say --confirm: then it is kept under another name, and the restored one takes its "
        "place.");
  }
  auto restored = *there == There::empty_database
                      ? restore_in_place(url, backup, options, progress)
                      : restore_beside(*server, server_url, backup, options, *there == There::database, progress);
  if (restored) restored->rows = backup.manifest.rows();
  return restored;
}

Result<std::int64_t> restore_files(const Backup& backup, const std::string& url, const media::Storage& storage,
                                   const Progress& progress) {
  auto connection = connect_to(url);
  if (!connection) return std::unexpected(std::move(connection).error());
  Ticker ticker(progress);
  std::int64_t count = 0;
  std::string last;
  for (;;) {
    const auto rows = connection->query(std::string(sql::ops::backup::files), {last});
    if (!rows) return database_trouble(rows.error());
    if (rows->empty()) return count;
    for (int i = 0; i < rows->size(); ++i) {
      last = rows->text(i, 0);
      const std::string_view key = rows->text(i, 2);
      const fs::path from = file_in(backup, last);
      std::error_code error;
      if (!fs::exists(from, error)) continue;
      const media::Store& store = storage.of(rows->text(i, 1));
      const std::string name = store.name_of(key);
      if (auto there = store.open(name)) {
        const auto hash = media::hash_of(**there);
        if (hash && *hash == last) continue;
      }
      // `put` takes the file: it gets a copy of ours.
      auto incoming = storage.folder().receive();
      if (!incoming) return std::unexpected(std::move(incoming).error());
      if (auto copied = copy_file_hashed(from, incoming->path()); !copied)
        return std::unexpected(std::move(copied).error());
      if (auto put = store.put(incoming->path(), name, "application/octet-stream"); !put)
        return std::unexpected(put.error());
      ++count;
      ticker.tick([&](int seconds) { return fmt::format("Files: {} after {} s", count, seconds); });
    }
  }
}

}  // namespace pim::ops::backup
