// What can be said of an installation by looking at its database: what the last hour did, what is in the trash, what
// waits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "pg/blocking.hpp"
#include "pg/database.hpp"

namespace pim::ops::monitor {

struct Activity {
  std::string what, kind;  // "delete", "restore", "refused", "purge"; of a refusal what stood in the way
  std::int64_t rows;
};
struct TrashSize {
  std::string kind;
  std::int64_t rows = 0, oldest_seconds = 0;
};
struct TableSize {
  std::string name;
  std::int64_t bytes, rows;
};

struct Facts {
  std::vector<Activity> activity;
  std::vector<TrashSize> trash;
  std::vector<TableSize> tables;
  std::int64_t database_bytes = 0;
  std::int64_t mails = 0, mail_seconds = 0, file_removals = 0, file_removal_seconds = 0, thumbnails = 0;
  std::int64_t cleanup_failures = 0, last_purged = 0;
  std::optional<std::int64_t> seconds_since_cleanup;
  bool is_cleaning = false;
  std::optional<std::string> clock_trouble;

  // In the last hour.
  std::int64_t count(std::string_view what) const;
};

// Without the sizes of trash and tables, which take a look at all of them.
pg::Outcome<Facts> facts_without_sizes(pg::Blocking& connection);
Task<Result<Facts>> facts(pg::Database& database);

// How full the place of the database is: the file system of our own, or what is said of a remote one. 0: not known.
struct Capacity {
  std::int64_t used = 0, total = 0;
};
Capacity capacity(const config::Config& config, std::int64_t database_bytes);

}  // namespace pim::ops::monitor
