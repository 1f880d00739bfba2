// Takes all of PixelPim back from a database: the trash goes into an archive, the schema becomes what it was before us,
// and not one living row changes. And takes the archive in again.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "config/config.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::rollback {

using Progress = std::function<void(const std::string&)>;

struct TableCount {
  std::string table;
  std::int64_t gone = 0;  // rows that go
  std::int64_t cut = 0;   // rows that stay and led to one of those
};

struct Full {
  bool is_done = false, was_done = false;
  std::string state;  // what it becomes: "without soft delete", …
  std::vector<TableCount> tables;
  std::vector<std::string> reverted;  // migrations, the last first
  std::int64_t living = 0;            // rows that stay, compared by hash before and after
  std::string archive, sha256;        // the file
  std::int64_t lines = 0;
  std::string backup;
};

// Counts what would go, and changes nothing. Nobody is held up.
Result<Full> plan(pg::Blocking& connection);

// Does it, in one transaction. The archive is on the disk before that commits.
Result<Full> full(pg::Blocking& connection, const config::Config& config, const std::string& database,
                  const Progress& progress);

// The archive of a full rollback that nothing took in since; "": there is none.
Result<std::string> archive_that_waits(pg::Blocking& connection);

struct TakenIn {
  bool was_done = false;
  std::string archive;
  std::vector<std::string> applied;  // migrations
  struct Table {
    std::string name;
    std::int64_t given = 0, taken = 0;
  };
  std::vector<Table> tables;
};
// Brings the schema up again, and with it everything that the archive has: the same ids, acts and days of purge. Empty:
// the archive of the newest full rollback.
Result<TakenIn> take_in(pg::Blocking& connection, const std::filesystem::path& archive, const Progress& progress);

}  // namespace pim::ops::rollback
