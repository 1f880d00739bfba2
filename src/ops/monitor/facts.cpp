#include "ops/monitor/facts.hpp"

#include <sys/statvfs.h>

#include "ops/monitor/statements.hpp"

namespace pim::ops::monitor {
namespace {

Facts made_of(const pg::Rows<ActivityRow>& activity, const StateOfAll& state) {
  Facts facts;
  for (int i = 0; i < activity.size(); ++i) {
    facts.activity.push_back({std::string(activity[i].what), std::string(activity[i].kind), activity[i].rows});
  }
  facts.database_bytes = state.database_bytes;
  facts.mails = state.mails;
  facts.mail_seconds = state.mail_seconds;
  facts.file_removals = state.file_removals;
  facts.file_removal_seconds = state.file_removal_seconds;
  facts.thumbnails = state.thumbnails;
  facts.cleanup_failures = state.cleanup_failures;
  facts.last_purged = state.last_purged.value_or(0);
  if (state.cleaned_at) {
    facts.seconds_since_cleanup = std::chrono::floor<std::chrono::seconds>(state.now - *state.cleaned_at).count();
  }
  facts.is_cleaning = state.is_cleaning;
  if (state.clock_trouble) facts.clock_trouble = std::string(*state.clock_trouble);
  return facts;
}

}  // namespace

std::int64_t Facts::count(std::string_view what) const {
  std::int64_t rows = 0;
  for (const Activity& each : activity) rows += each.what == what ? each.rows : 0;
  return rows;
}

pg::Outcome<Facts> facts_without_sizes(pg::Blocking& connection) {
  const auto activity = connection.run(find_activity);
  if (!activity) return std::unexpected(activity.error());
  const auto state = connection.run(find_state);
  if (!state) return std::unexpected(state.error());
  return made_of(*activity, (*state)[0]);
}

Task<Result<Facts>> facts(pg::Database& database) {
  const auto activity = co_await database.search(find_activity);
  const auto trash = co_await database.search(find_trash_size);
  const auto tables = co_await database.search(find_storage);
  const auto state = co_await database.search(find_state);
  Facts facts = made_of(activity, state[0]);
  for (int i = 0; i < trash.size(); ++i) {
    facts.trash.push_back({std::string(trash[i].kind), trash[i].rows, trash[i].oldest_seconds});
  }
  for (int i = 0; i < tables.size(); ++i) {
    facts.tables.push_back({std::string(tables[i].name), tables[i].bytes, tables[i].rows});
  }
  co_return facts;
}

Capacity capacity(const config::Config& config, std::int64_t database_bytes) {
  if (!config.database_url.empty()) {
    const auto total = static_cast<std::int64_t>(config.storage_bytes);
    return {.used = total > 0 ? database_bytes : 0, .total = total};
  }
  struct statvfs disk{};
  if (::statvfs(config.state.c_str(), &disk) != 0) return {};
  const auto blocks = [&disk](fsblkcnt_t count) { return static_cast<std::int64_t>(count * disk.f_frsize); };
  const std::int64_t used = blocks(disk.f_blocks - disk.f_bfree);
  return {.used = used, .total = used + blocks(disk.f_bavail)};
}

}  // namespace pim::ops::monitor
