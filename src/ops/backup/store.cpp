#include "ops/backup/store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/file.hpp"
#include "base/sha256.hpp"
#include "base/time.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"
#include "ops/backup/sums.hpp"

namespace pim::ops::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view unfinished_prefix = ".unfinished-", removed_prefix = ".removed-";
constexpr const char* manifest_name = "manifest.json";

std::unexpected<Problem> store_trouble(const fs::path& path, std::string_view what, const std::string& said) {
  return failure(fmt::format("{} can't be {}: {}.", path.string(), what, said),
                 "Free some space or give this user the right to write there, then run the same command again.");
}

Result<void> sync_path(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool is_synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!is_synced) return store_trouble(path, "written", std::strerror(error));
  return {};
}

Result<void> put_text(const fs::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << text << std::flush;
  if (!stream) return store_trouble(file, "written", std::strerror(errno));
  stream.close();
  return sync_path(file);
}

Result<void> sync_folders(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (auto synced = sync_path(entry.path()); !synced) return synced;
  }
  return sync_path(folder);
}

std::optional<boost::json::value> read_json(const fs::path& file) {
  const auto text = read_file(file);
  if (!text) return std::nullopt;
  auto value = json::read(*text);
  if (!value || !value->is_object()) return std::nullopt;
  return *std::move(value);
}

std::int64_t bytes_below(const fs::path& folder) {
  std::int64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file(error)) bytes += static_cast<std::int64_t>(entry.file_size(error));
  }
  return bytes;
}

// What the last look at a backup found; a record of other bytes says nothing.
Graded graded_by(const fs::path& file, const std::string& fingerprint) {
  Graded graded;
  const auto value = read_json(file);
  if (!value) return graded;
  try {
    const auto& object = value->as_object();
    if (text_of(object, "backup") != fingerprint) return graded;
    const std::string letter = text_of(object, "grade");
    if (letter != "A" && letter != "B" && letter != "C" && letter != "D") return graded;
    graded = {.grade = Grade{letter[0]}, .at = text_of(object, "at"), .by = text_of(object, "by")};
    for (const auto& trouble : object.at("troubles").as_array()) graded.troubles.emplace_back(trouble.as_string());
  } catch (const std::exception&) {
    return Graded{};
  }
  return graded;
}

bool is_broken(const Backup& backup) { return backup.graded.grade == Grade::broken; }

}  // namespace

std::string schema_of(const Backup& backup) { return read_file(backup.folder / "schema.txt").value_or(""); }

Result<Store> Store::open(const fs::path& folder) {
  std::error_code error;
  if (fs::create_directories(folder, error)) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return store_trouble(folder, "made", error.message());
  return Store(folder);
}

Result<LockFile> Store::lock() const {
  auto lock = LockFile::take(folder_ / ".lock");
  if (!lock && lock.error().code == "locked") {
    return std::unexpected(Problem{.code = "locked",
                                   .message = "Another program is making or removing a backup here.",
                                   .remedy = "Wait until it has ended, then run the command again."});
  }
  if (!lock) return std::unexpected(std::move(lock).error());
  std::error_code error;
  std::vector<fs::path> left_behind;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(unfinished_prefix) || name.starts_with(removed_prefix)) left_behind.push_back(entry.path());
  }
  for (const fs::path& path : left_behind) fs::remove_all(path, error);
  return lock;
}

Backup Store::read(const fs::path& folder) const {
  Backup backup{.folder = folder, .bytes = bytes_below(folder)};
  const std::string name = folder.filename();
  std::string trouble = fmt::format("{} can't be read", manifest_name);
  if (const auto value = read_json(folder / manifest_name)) {
    try {
      backup.manifest = manifest_of(value->as_object());
      trouble = backup.manifest.name == name ? "" : "it is the manifest of another backup";
    } catch (const std::exception&) {
      backup.manifest = {};
    }
  }
  backup.manifest.name = name;
  const auto sums = read_file(folder / sums_name);
  if (!sums) trouble = fmt::format("{} can't be read", sums_name);
  if (trouble.empty()) {
    backup.fingerprint = sha256_of(*sums);
    backup.graded = graded_by(grade_file(name), backup.fingerprint);
  } else {
    backup.graded = {.grade = Grade::broken, .troubles = {trouble}};
  }
  return backup;
}

std::vector<Backup> Store::list() const {
  std::vector<Backup> backups;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("backup_") && entry.is_directory(error)) backups.push_back(read(entry.path()));
  }
  // By their names' end, the time: a broken manifest has none.
  const auto time_of = [](const Backup& backup) {
    const std::string& name = backup.name();
    return name.size() >= 15 ? name.substr(name.size() - 15) : name;
  };
  std::ranges::sort(backups, [&](const Backup& a, const Backup& b) {
    return std::pair(time_of(a), a.name()) > std::pair(time_of(b), b.name());
  });
  return backups;
}

Result<Backup> Store::find(const std::string& name) const {
  std::vector<Backup> backups = list();
  if (backups.empty()) {
    return failure(fmt::format("There is no backup in {}.", folder_.string()), "Make one: pixelpim backup create");
  }
  if (name.empty()) return std::move(backups.front());
  const auto found = std::ranges::find(backups, name, &Backup::name);
  if (found != backups.end()) return std::move(*found);
  return failure(fmt::format("There is no backup \"{}\" in {}.", name, folder_.string()),
                 "`pixelpim backup list` has their names.");
}

Result<fs::path> Store::begin(const std::string& name) const {
  fs::path unfinished = folder_ / fmt::format("{}{}", unfinished_prefix, name);
  std::error_code error;
  if (fs::exists(folder_ / name, error)) return failure(fmt::format("There is a backup {} already.", name));
  fs::create_directories(unfinished, error);
  if (error) return store_trouble(unfinished, "made", error.message());
  return unfinished;
}

Result<Backup> Store::finish(const fs::path& unfinished, const Manifest& manifest) const {
  if (auto put = put_text(unfinished / manifest_name, to_json(manifest) + "\n"); !put)
    return std::unexpected(put.error());
  auto sums = sums_of(unfinished);
  if (!sums) return std::unexpected(std::move(sums).error());
  if (auto put = put_text(unfinished / sums_name, sums_text(*sums)); !put) return std::unexpected(put.error());
  if (auto synced = sync_folders(unfinished); !synced) return std::unexpected(synced.error());
  const fs::path folder = folder_ / manifest.name;
  if (::renameat2(AT_FDCWD, unfinished.c_str(), AT_FDCWD, folder.c_str(), RENAME_NOREPLACE) != 0) {
    return store_trouble(folder, "made", std::strerror(errno));
  }
  if (auto synced = sync_path(folder_); !synced) return std::unexpected(synced.error());
  return read(folder);
}

Result<std::vector<std::string>> Store::read_through(const Backup& backup) const {
  if (backup.fingerprint.empty()) return backup.graded.troubles;
  const auto written = read_file(backup.folder / sums_name);
  if (!written) return std::vector{written.error().message};
  auto found = sums_of(backup.folder);
  if (!found) return std::vector{found.error().message};
  // Byte for byte: a damaged list of sums is a damaged backup.
  if (sums_text(*found) == *written) return std::vector<std::string>{};
  return troubles_between(read_sums(*written), *found);
}

Result<void> Store::record(const Backup& backup, const Graded& graded) const {
  std::string text;
  json::Object(text)
      .add("backup", backup.fingerprint)
      .add("grade", std::string(1, static_cast<char>(graded.grade)))
      .add("at", graded.at)
      .add("by", graded.by)
      .add("troubles", graded.troubles);
  const fs::path file = grade_file(backup.name()), fresh = file.native() + ".new";
  std::error_code error;
  if (auto put = put_text(fresh, text + "\n"); !put) {
    fs::remove(fresh, error);
    return put;
  }
  fs::rename(fresh, file, error);
  if (error) return store_trouble(file, "written", error.message());
  return sync_path(folder_);
}

// Renamed first: what is half removed has no backup's name.
Result<void> Store::remove(const Backup& backup) const {
  const fs::path removed = folder_ / fmt::format("{}{}", removed_prefix, backup.name());
  std::error_code error;
  fs::rename(backup.folder, removed, error);
  if (error) return store_trouble(backup.folder, "removed", error.message());
  fs::remove(grade_file(backup.name()), error);
  fs::remove_all(removed, error);
  if (error) return store_trouble(removed, "removed", error.message());
  return {};
}

std::vector<Backup> beyond(const std::vector<Backup>& newest_first, const Keeping& keeping) {
  const auto best = std::ranges::min_element(newest_first, {}, [](const Backup& b) { return b.graded.grade; });
  const std::string oldest_kept = [&] {
    if (!keeping.days) return std::string();
    const auto day = std::chrono::system_clock::now() - std::chrono::days(*keeping.days);
    std::array<char, 32> text{};
    const std::time_t seconds = std::chrono::system_clock::to_time_t(day);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::strftime(text.data(), text.size(), "%Y%m%d_%H%M%S", &parts);
    return std::string(text.data());
  }();
  std::vector<Backup> gone;
  int kept = 0;
  for (const Backup& backup : newest_first) {
    const bool is_best = best != newest_first.end() && &backup == &*best;
    const std::string& name = backup.name();
    const bool is_old = name.size() >= 15 && name.substr(name.size() - 15) < oldest_kept;
    // What is broken takes no place of those that are kept.
    const bool is_beyond = keeping.keep && (is_broken(backup) ? kept > 0 : kept >= *keeping.keep);
    if (!is_best && (is_beyond || is_old)) {
      gone.push_back(backup);
    } else if (!is_broken(backup)) {
      ++kept;
    }
  }
  return gone;
}

std::optional<Recent> newest_backup(const Store& store, std::string_view database, Grade at_least) {
  for (const Backup& backup : store.list()) {
    const auto moment = parse_time(backup.manifest.created_at);
    if (backup.graded.grade > at_least || backup.manifest.database != database || !moment) continue;
    const auto age = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now() - *moment);
    return Recent{.name = backup.name(), .grade = backup.graded.grade, .age = std::max(age, std::chrono::seconds(0))};
  }
  return std::nullopt;
}

Result<Recent> require_backup(const Store& store, std::string_view database, std::chrono::seconds oldest) {
  auto proven = newest_backup(store, database);
  if (proven && proven->age <= oldest) return *std::move(proven);
  Problem problem{
      .code = "no_backup",
      .message = fmt::format("{} has no backup of the database {} that was restored and compared (grade A).",
                             store.folder().string(), database),
      .remedy = "Make one: pixelpim backup create --verify"};
  const auto unproven = newest_backup(store, database, Grade::c);
  if (proven) {
    problem.message = fmt::format("The newest backup of grade A, {}, is {} old; {} at most is asked for.", proven->name,
                                  age_text(proven->age), age_text(oldest));
  } else if (unproven && unproven->age <= oldest) {
    problem.message += fmt::format(" {} is of grade {}.", unproven->name, static_cast<char>(unproven->grade));
    problem.remedy = fmt::format("Prove it: pixelpim backup verify {}", unproven->name);
  }
  return std::unexpected(std::move(problem));
}

std::string now_text() {
  std::array<char, 32> text{};
  const std::time_t seconds = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

std::string this_operator() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::array<char, 4096> buffer{};
  passwd entry{}, *found = nullptr;
  ::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found);
  return fmt::format("{}@{}", found != nullptr ? found->pw_name : std::to_string(::geteuid()), host.data());
}

std::int64_t free_bytes(const fs::path& folder) {
  struct statvfs status{};
  if (::statvfs(folder.c_str(), &status) != 0) return 0;
  return static_cast<std::int64_t>(status.f_bavail) * static_cast<std::int64_t>(status.f_frsize);
}

std::string size_text(std::int64_t bytes) {
  constexpr std::string_view units[] = {"B", "kB", "MB", "GB", "TB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1000 && unit + 1 < std::size(units); ++unit) size /= 1000;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", size, units[unit]);
}

std::string age_text(std::chrono::seconds age) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(age).count();
  if (minutes < 60) return fmt::format("{} min", minutes);
  if (minutes < 48 * 60 && minutes % 60 > 0) return fmt::format("{} h {} min", minutes / 60, minutes % 60);
  if (minutes < 48 * 60) return fmt::format("{} h", minutes / 60);
  return fmt::format("{} days", minutes / (24 * 60));
}

}  // namespace pim::ops::backup
