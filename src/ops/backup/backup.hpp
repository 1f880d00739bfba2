// Makes backups, proves them, and brings databases back from them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "media/storage/storage.hpp"
#include "ops/backup/database.hpp"
#include "ops/backup/store.hpp"

namespace pim::ops::backup {

struct CreateOptions {
  std::string label, note;  // the label is part of the name: backup_LABEL_20261125_021500
  bool with_files = false;
  int jobs = 2;
  std::chrono::seconds lock_timeout{60};  // how long it waits for a table that somebody has for himself
};
// A whole backup, or none: the state of one moment, with the rows and the hash of each table at that moment.
Result<Backup> create(const Store& store, const std::string& url, const media::Storage& storage,
                      const CreateOptions& options, const Progress& progress);

struct VerifyOptions {
  bool quick = false;       // reads it through only: grade B
  std::string scratch_url;  // the server to restore it on
  int jobs = 2;
};
// Looks at a backup as closely as is asked, and records what was found. Grade D says that it is broken, and how.
Result<Graded> verify(const Store& store, const Backup& backup, const VerifyOptions& options, const Progress& progress);

struct RestoreOptions {
  std::string into;      // the name of the database
  bool replace = false;  // where it has something in it: that database is kept under another name
  int jobs = 2;
};
struct Restored {
  std::string database, url;
  std::string kept;  // the name that the database of before has now; empty: there was none
  std::int64_t rows = 0;
};
// Reads the backup through, restores it, compares, and only then gives the database its name. What a killed one left
// behind is taken away by the next. `server` leads to any database of the server.
Result<Restored> restore(const Store& store, const Backup& backup, const std::string& server,
                         const RestoreOptions& options, const Progress& progress);

// Puts the files of a backup where a restored database expects them; gives their number. Those that are there stay.
Result<std::int64_t> restore_files(const Backup& backup, const std::string& url, const media::Storage& storage,
                                   const Progress& progress);

// Where a backup has the bytes with this hash.
std::filesystem::path file_in(const Backup& backup, std::string_view hash);

}  // namespace pim::ops::backup
