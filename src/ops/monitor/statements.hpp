// The statements of what is watched, with their types.
#pragma once

#include "pg/statement.hpp"
#include "sql/ops/monitor.hpp"

namespace pim::ops::monitor {

struct ActivityRow {
  std::string_view what, kind;
  std::int64_t rows;
};
BOOST_DESCRIBE_STRUCT(ActivityRow, (), (what, kind, rows))

struct TrashRow {
  std::string_view kind;
  std::int64_t rows, oldest_seconds;
};
BOOST_DESCRIBE_STRUCT(TrashRow, (), (kind, rows, oldest_seconds))

struct TableRow {
  std::string_view name;
  std::int64_t bytes, rows;
};
BOOST_DESCRIBE_STRUCT(TableRow, (), (name, bytes, rows))

struct StateOfAll {
  std::int64_t database_bytes, mails, mail_seconds, file_removals, file_removal_seconds, thumbnails, cleanup_failures;
  std::optional<pg::Timestamp> cleaned_at;
  std::optional<std::int64_t> last_purged;
  bool is_cleaning;
  std::optional<std::string_view> clock_trouble;
  pg::Timestamp now;
};
BOOST_DESCRIBE_STRUCT(StateOfAll, (),
                      (database_bytes, mails, mail_seconds, file_removals, file_removal_seconds, thumbnails,
                       cleanup_failures, cleaned_at, last_purged, is_cleaning, clock_trouble, now))

struct DayRow {
  pg::Timestamp day;
  std::int64_t deleted, restored, refused, in_trash;
};
BOOST_DESCRIBE_STRUCT(DayRow, (), (day, deleted, restored, refused, in_trash))

struct SlowRow {
  std::string_view name;
  std::int64_t calls, longest;
  pg::Timestamp last_at;
};
BOOST_DESCRIBE_STRUCT(SlowRow, (), (name, calls, longest, last_at))

inline const pg::Statement<ActivityRow()> find_activity{"monitor_activity", sql::ops::monitor::activity};
inline const pg::Statement<TrashRow()> find_trash_size{"monitor_trash_size", sql::ops::monitor::trash_size};
inline const pg::Statement<TableRow()> find_storage{"monitor_storage", sql::ops::monitor::storage};
inline const pg::Statement<StateOfAll()> find_state{"monitor_state", sql::ops::monitor::state};
inline const pg::Statement<DayRow(std::int32_t days)> find_days{"monitor_by_day", sql::ops::monitor::by_day};
inline const pg::Statement<SlowRow(std::int32_t hours)> find_slow{"monitor_slow_statements",
                                                                  sql::ops::monitor::slow_statements};

}  // namespace pim::ops::monitor
