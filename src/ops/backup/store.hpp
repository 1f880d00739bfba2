// The folder of backups. A backup is a folder in it:
//
//   backup_20261125_021500/
//     database/       pg_dump's directory format
//     schema.txt      what the schema is, a line for each thing
//     files/          with --with-files: what assets are made of, each under its SHA-256
//     manifest.json   what is in it: rows and hash of each table, versions, who and when
//     SHA256SUMS      of every other file, as `sha256sum -c` reads it
//   backup_20261125_021500.grade.json     what the last look at it found
//
// One that is being made has another name, until it is whole and on the disk: what has the name is whole.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/lock_file.hpp"
#include "base/problem.hpp"
#include "ops/backup/manifest.hpp"

namespace pim::ops::backup {

// A: restored, counted and compared. B: read through. C: listed. D: something is wrong with it.
enum class Grade : char { a = 'A', b = 'B', c = 'C', broken = 'D' };
struct Graded {
  Grade grade = Grade::c;
  std::string at, by;
  std::vector<std::string> troubles;
};

struct Backup {
  std::filesystem::path folder;
  std::string fingerprint;  // SHA-256 of SHA256SUMS: of all of it
  std::int64_t bytes = 0;
  Manifest manifest;
  Graded graded;
  const std::string& name() const noexcept { return manifest.name; }
  std::filesystem::path database() const { return folder / "database"; }
};

// What schema.txt says.
std::string schema_of(const Backup& backup);

class Store {
 public:
  // Made where it is not there.
  static Result<Store> open(const std::filesystem::path& folder);

  // Only one program makes or removes backups at a time; code "locked" for the second. What an earlier one left behind
  // is removed.
  Result<LockFile> lock() const;

  // The newest first. A folder whose manifest can't be read is listed, with grade D.
  std::vector<Backup> list() const;
  // By its name; "": the newest.
  Result<Backup> find(const std::string& name) const;

  // A folder to make one in; it becomes a backup by `finish`.
  Result<std::filesystem::path> begin(const std::string& name) const;
  // Writes manifest and sums, and gives it its name, on the disk for good.
  Result<Backup> finish(const std::filesystem::path& unfinished, const Manifest& manifest) const;

  // Reads every byte of it: what is wrong, nothing where all is right.
  Result<std::vector<std::string>> read_through(const Backup& backup) const;
  Result<void> record(const Backup& backup, const Graded& graded) const;
  Result<void> remove(const Backup& backup) const;

  const std::filesystem::path& folder() const noexcept { return folder_; }

 private:
  explicit Store(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Backup read(const std::filesystem::path& folder) const;
  std::filesystem::path grade_file(const std::string& name) const { return folder_ / (name + ".grade.json"); }
  std::filesystem::path folder_;
};

// Those that are beyond `keep` (the newest stay) or older than `days`; never the newest of the best grade.
struct Keeping {
  std::optional<int> keep, days;
};
std::vector<Backup> beyond(const std::vector<Backup>& newest_first, const Keeping& keeping);

// For those who ask before they change much (preflight, deploy, rollback): the newest backup of a database that is of
// this grade or a better one.
struct Recent {
  std::string name;
  Grade grade = Grade::c;
  std::chrono::seconds age{};  // of what it holds
};
std::optional<Recent> newest_backup(const Store& store, std::string_view database, Grade at_least = Grade::a);
// One of grade A that is not older than a day; else a Problem with code "no_backup" that says what there is instead.
Result<Recent> require_backup(const Store& store, std::string_view database,
                              std::chrono::seconds oldest = std::chrono::days(1));

std::string now_text();       // 2026-11-25T02:15:00Z
std::string this_operator();  // user@host
std::int64_t free_bytes(const std::filesystem::path& folder);
std::string size_text(std::int64_t bytes);
std::string age_text(std::chrono::seconds age);  // "3 h 20 min"

}  // namespace pim::ops::backup
