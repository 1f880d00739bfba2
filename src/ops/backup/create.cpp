#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <future>
#include <thread>

#include "base/sha256.hpp"
#include "ops/backup/backup.hpp"
#include "pg/programs.hpp"
#include "sql/ops/backup.hpp"
#include "version.hpp"

namespace pim::ops::backup {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// The database at one moment: what others see of it through the snapshot's name is the same.
struct Moment {
  pg::Blocking connection;
  std::string snapshot;
};

Result<Moment> hold_moment(const std::string& url, std::chrono::seconds lock_timeout) {
  auto connection = connect_to(url);
  if (!connection) return std::unexpected(std::move(connection).error());
  if (auto set = connection->script(fmt::format("SET lock_timeout = '{}s'", lock_timeout.count())); !set)
    return database_trouble(set.error());
  if (auto begun = connection->begin_snapshot(); !begun) return database_trouble(begun.error());
  const auto exported = connection->query("SELECT pg_export_snapshot()");
  if (!exported) return database_trouble(exported.error());
  return Moment{*std::move(connection), std::string(exported->text(0, 0))};
}

Result<void> describe_database(pg::Blocking& connection, Manifest& manifest) {
  const auto facts = connection.query(
      "SELECT current_database(), datcollate, datctype, pg_database_size(oid), current_setting('server_version'),"
      " to_regclass('public._pixelpim_migrations') IS NOT NULL, to_regclass('public.\"StoredContent\"') IS NOT NULL"
      " FROM pg_database WHERE datname = current_database()");
  if (!facts) return database_trouble(facts.error());
  manifest.database = facts->text(0, 0);
  manifest.collate = facts->text(0, 1);
  manifest.ctype = facts->text(0, 2);
  manifest.database_bytes = facts->number(0, 3);
  manifest.server_version = "PostgreSQL " + std::string(facts->text(0, 4));
  manifest.server_major = connection.server_version() / 10000;
  const bool has_ledger = facts->text(0, 5) == "t", has_contents = facts->text(0, 6) == "t";
  if (has_ledger) {
    const auto newest = connection.query(
        "SELECT max(migration_name) FROM public._pixelpim_migrations WHERE finished_at IS NOT NULL AND rolled_back_at "
        "IS "
        "NULL");
    if (!newest) return database_trouble(newest.error());
    manifest.newest_migration = newest->text(0, 0);
  }
  if (has_contents) {
    const auto old = connection.query("SELECT count(*) FROM public.\"Asset\" WHERE \"contentHash\" IS NULL");
    if (!old) return database_trouble(old.error());
    manifest.files_not_taken_in = old->number(0, 0);
  } else if (manifest.with_files) {
    return failure("This database does not know the contents of its files yet: they can't come along.",
                   "Run `pixelpim migrate deploy` and `pixelpim assets adopt` first, or leave --with-files out.");
  }
  return {};
}

Result<void> dump(const std::string& url, const Moment& moment, const fs::path& folder, const CreateOptions& options,
                  Manifest& manifest, const std::function<void()>& waiting) {
  const auto program = pg::find_program("pg_dump", manifest.server_major);
  if (!program) return std::unexpected(program.error());
  manifest.dump_version = pg::version_of(*program);
  const pg::Target target = pg::target_of(url);
  auto ran =
      pg::run_program(*program,
                      {"--format=directory", fmt::format("--jobs={}", options.jobs), "--snapshot=" + moment.snapshot,
                       fmt::format("--lock-wait-timeout={}s", options.lock_timeout.count()),
                       "--file=" + (folder / "database").native(), "--dbname=" + target.connection},
                      target, waiting);
  if (!ran) return program_trouble(std::move(ran).error());
  return {};
}

// Who keeps a table from being read, in words; empty: nobody.
std::string find_holders(const std::string& url, bool while_waited_for) {
  auto connection = connect_to(url);
  if (!connection) return {};
  const auto found = connection->query(std::string(sql::ops::backup::find_holders), {while_waited_for ? "t" : "f"});
  return found && !found->is_null(0, 0) ? std::string(found->text(0, 0)) : std::string();
}

std::int64_t size_below(const fs::path& folder) {
  std::int64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file(error)) bytes += static_cast<std::int64_t>(entry.file_size(error));
  }
  return bytes;
}

// pg_dump writes while the rows are counted and hashed in the same snapshot.
Result<void> dump_and_count(const std::string& url, Moment& moment, const fs::path& folder,
                            const CreateOptions& options, Manifest& manifest, const Progress& progress) {
  std::atomic<int> done = 0;
  Ticker ticker(progress);
  const auto tell = [&] {
    ticker.tick([&](int seconds) {
      const std::string holders = find_holders(url, true);
      if (!holders.empty()) return fmt::format("Waiting for a table after {} s: {}", seconds, holders);
      return fmt::format("Dumping: {} written of a database of {}, {} tables counted, after {} s",
                         size_text(size_below(folder)), size_text(manifest.database_bytes), done.load(), seconds);
    });
  };
  auto reading = std::async(std::launch::async, [&] { return read_schema(moment.connection); });
  while (reading.wait_for(200ms) != std::future_status::ready) tell();
  const auto schema = reading.get();
  if (!schema) return database_trouble(schema.error());

  auto counting = std::async(std::launch::async, [&] { return read_contents(moment.connection, done); });
  auto dumped = dump(url, moment, folder, options, manifest, tell);
  while (counting.wait_for(200ms) != std::future_status::ready) tell();
  auto contents = counting.get();
  // Without the connection the snapshot is gone: that is why pg_dump failed then.
  if (!contents) return database_trouble(contents.error());
  if (!dumped) return dumped;
  manifest.tables = *std::move(contents);

  // The schema is not part of a snapshot as rows are.
  const auto schema_after = read_schema(moment.connection);
  if (!schema_after) return database_trouble(schema_after.error());
  if (*schema != *schema_after) {
    return failure("The schema was changed while the backup was made.",
                   "Wait for the migration to end, and run it again.");
  }
  manifest.schema_fingerprint = sha256_of(*schema);
  std::ofstream stream(folder / "schema.txt", std::ios::binary);
  stream << *schema << std::flush;
  if (!stream)
    return failure(fmt::format("{} can't be written.", (folder / "schema.txt").string()), "Free some space.");
  return {};
}

Result<bool> is_wanted(pg::Blocking& now, std::string_view hash) {
  const auto wanted = now.query(std::string(sql::ops::backup::is_wanted), {hash});
  if (!wanted) return database_trouble(wanted.error());
  return wanted->text(0, 0) == "t";
}

// The bytes with this hash; false where they are not there, or not these.
Result<bool> copy_content(const media::Storage& storage, std::string_view place, std::string_view key,
                          std::string_view hash, const fs::path& to) {
  const media::Store& store = storage.of(place);
  auto file = store.open(store.name_of(key));
  if (!file && media::is_missing(file.error())) return false;
  if (!file) return std::unexpected(std::move(file).error());
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  std::ofstream stream(to, std::ios::binary | std::ios::trunc);
  std::string piece;
  for (std::uint64_t at = 0; at < (*file)->size(); at += piece.size()) {
    const auto size = std::min<std::uint64_t>((*file)->piece_bytes(), (*file)->size() - at);
    if (auto read = (*file)->read(at, size, piece); !read) return std::unexpected(std::move(read).error());
    stream << piece;
  }
  stream.close();
  if (!stream)
    return failure(fmt::format("{} can't be written: {}.", to.string(), std::strerror(errno)), "Free some space.");
  const auto copied = sha256_of_file(to);
  if (!copied) return std::unexpected(copied.error());
  if (*copied == hash) return true;
  fs::remove(to, error);
  return false;
}

// What was purged since the moment of the snapshot may be gone; what an asset still has must be there.
Result<void> copy_files(const std::string& url, Moment& moment, const media::Storage& storage, const Backup& backup,
                        Manifest& manifest, const Progress& progress) {
  auto now = connect_to(url);
  if (!now) return std::unexpected(std::move(now).error());
  Ticker ticker(progress);
  std::string last;
  for (;;) {
    const auto rows = moment.connection.query(std::string(sql::ops::backup::files), {last});
    if (!rows) return database_trouble(rows.error());
    if (rows->empty()) return {};
    for (int i = 0; i < rows->size(); ++i) {
      last = rows->text(i, 0);
      const auto copied = copy_content(storage, rows->text(i, 1), rows->text(i, 2), last, file_in(backup, last));
      if (!copied) return std::unexpected(copied.error());
      if (*copied) {
        ++manifest.files;
        manifest.file_bytes += rows->number(i, 3);
      } else {
        const auto wanted = is_wanted(*now, last);
        if (!wanted) return std::unexpected(wanted.error());
        if (*wanted) manifest.files_missing.push_back(fmt::format("{}:{}", rows->text(i, 1), rows->text(i, 2)));
      }
      ticker.tick([&](int seconds) {
        return fmt::format("Copying files: {}, {} after {} s", manifest.files, size_text(manifest.file_bytes), seconds);
      });
    }
  }
}

Result<void> fill(const fs::path& folder, const std::string& url, const media::Storage& storage,
                  const CreateOptions& options, Manifest& manifest, const Progress& progress) {
  auto moment = hold_moment(url, options.lock_timeout);
  if (!moment) return std::unexpected(std::move(moment).error());
  if (auto described = describe_database(moment->connection, manifest); !described) return described;
  if (auto dumped = dump_and_count(url, *moment, folder, options, manifest, progress); !dumped) return dumped;
  if (!options.with_files) return {};
  return copy_files(url, *moment, storage, Backup{.folder = folder}, manifest, progress);
}

// backup_20261125_021500, backup_before_soft_delete_20261125_021500; a second is waited for where it is taken.
std::string new_name(const Store& store, const std::string& label) {
  for (;;) {
    std::array<char, 32> time{};
    const std::time_t seconds = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::strftime(time.data(), time.size(), "%Y%m%d_%H%M%S", &parts);
    std::string name = fmt::format("backup_{}{}{}", label, label.empty() ? "" : "_", time.data());
    std::error_code error;
    if (!fs::exists(store.folder() / name, error)) return name;
    std::this_thread::sleep_for(100ms);
  }
}

// That of a good backup is worth saying when another one fails.
std::string last_good(const Store& store) {
  for (const Backup& backup : store.list()) {
    if (backup.graded.grade != Grade::broken) {
      return fmt::format(" The last good backup is {} (grade {}).", backup.name(),
                         static_cast<char>(backup.graded.grade));
    }
  }
  return {};
}

}  // namespace

fs::path file_in(const Backup& backup, std::string_view hash) {
  return backup.folder / "files" / hash.substr(0, 2) / hash;
}

Result<Backup> create(const Store& store, const std::string& url, const media::Storage& storage,
                      const CreateOptions& options, const Progress& progress) {
  auto lock = store.lock();
  if (!lock) return std::unexpected(std::move(lock).error());
  Manifest manifest{.name = new_name(store, options.label),
                    .created_at = now_text(),
                    .created_by = this_operator(),
                    .note = options.note,
                    .program_version = version,
                    .with_files = options.with_files};
  manifest.host = manifest.created_by.substr(manifest.created_by.rfind('@') + 1);
  const auto unfinished = store.begin(manifest.name);
  if (!unfinished) return std::unexpected(unfinished.error());
  auto filled = fill(*unfinished, url, storage, options, manifest, progress);
  Result<Backup> backup = std::unexpected(Problem{});
  if (filled) backup = store.finish(*unfinished, manifest);
  if (filled && backup) return backup;

  Problem problem = filled ? std::move(backup).error() : std::move(filled).error();
  std::error_code ignored;
  fs::remove_all(*unfinished, ignored);
  if (problem.message.contains("No space left") || problem.message.contains("Disk quota")) {
    problem.remedy = fmt::format("{} has {} left. Free some space, then run the same command again.",
                                 store.folder().string(), size_text(free_bytes(store.folder())));
  }
  if (problem.message.contains("lock timeout")) {
    const std::string holders = find_holders(url, false);
    problem.message += "; the table is held by: " + (holders.empty() ? "nobody that is still there" : holders);
  }
  problem.message = "No backup was made. " + problem.message;
  problem.remedy += last_good(store);
  return std::unexpected(std::move(problem));
}

}  // namespace pim::ops::backup
