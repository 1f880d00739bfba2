#include "ops/cleanup/clock.hpp"

#include <fmt/format.h>
#include <time.h>  // NOLINT(modernize-deprecated-headers): CLOCK_BOOTTIME

#include <fstream>

#include "ops/cleanup/cleanup.hpp"
#include "sql/ops/cleanup.hpp"

namespace pim::ops::cleanup {
namespace {

using std::chrono::seconds;

constexpr seconds jump_min = std::chrono::hours{1};
constexpr seconds outage_max = std::chrono::days{7};  // a longer one looks like a clock that was put forward

struct ClockRow {
  pg::Timestamp at, local;
  std::optional<pg::Timestamp> seen_at;
  std::optional<std::string_view> boot_id;
  std::optional<std::int64_t> boot_seconds;
  std::int32_t accepted;
};
BOOST_DESCRIBE_STRUCT(ClockRow, (), (at, local, seen_at, boot_id, boot_seconds, accepted))

struct Noted {
  std::int32_t accepted;
  bool is_new;
};
BOOST_DESCRIBE_STRUCT(Noted, (), (accepted, is_new))

const pg::Statement<ClockRow(std::string_view time_zone)> see_clock{"see_clock", sql::ops::cleanup::see_clock};
const pg::Statement<Noted(std::string_view boot_id, std::int64_t boot_seconds, std::optional<std::string_view> trouble,
                          bool accepts, std::string_view process)>
    note_clock{"note_clock", sql::ops::cleanup::note_clock};

std::string boot_id() {
  std::string id;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), id);
  return id;
}

std::int64_t boot_seconds() {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return time.tv_sec;
}

std::string words(seconds time) {
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(time).count();
  return hours >= 48 ? fmt::format("{} days", hours / 24)
                     : fmt::format("{}.{} hours", hours, time.count() % 3600 / 360);
}

}  // namespace

std::optional<std::string> clock_trouble(const ClockSight& before, const ClockSight& now) {
  const seconds passed = std::chrono::floor<seconds>(now.at - before.at);
  if (passed < -jump_min) return fmt::format("the database's clock went back by {}", words(-passed));
  if (!before.boot_id.empty() && before.boot_id == now.boot_id) {
    const seconds really{now.boot_seconds - before.boot_seconds};
    if (passed > really + jump_min)
      return fmt::format("the database's clock jumped ahead by {}", words(passed - really));
    if (passed < really - jump_min) return fmt::format("the database's clock lost {}", words(really - passed));
  } else if (passed > outage_max) {
    return fmt::format("the database's clock was last seen {} ago, and nothing vouches for that time", words(passed));
  }
  return std::nullopt;
}

pg::Outcome<SeenClock> ClockWatch::look(pg::Blocking& connection, std::string_view time_zone) {
  const auto rows = connection.run(see_clock, time_zone);
  if (!rows) return std::unexpected(rows.error());
  const ClockRow row = (*rows)[0];
  const ClockSight now{row.at, boot_id(), boot_seconds()};
  if (!own_ || row.accepted != accepted_) {
    own_ = now;
    accepted_ = row.accepted;
  }
  SeenClock seen{.local = std::chrono::local_seconds(std::chrono::floor<seconds>(row.local).time_since_epoch())};
  if (row.seen_at) {
    seen.trouble =
        clock_trouble({*row.seen_at, std::string(row.boot_id.value_or("")), row.boot_seconds.value_or(0)}, now);
  }
  if (!seen.trouble) seen.trouble = clock_trouble(*own_, now);
  const auto noted = connection.run(note_clock, now.boot_id, now.boot_seconds, seen.trouble, false, this_process());
  if (!noted) return std::unexpected(noted.error());
  seen.is_new = (*noted)[0].is_new;
  return seen;
}

pg::Outcome<void> ClockWatch::accept(pg::Blocking& connection) {
  const auto noted = connection.run(note_clock, boot_id(), boot_seconds(), std::nullopt, true, this_process());
  if (!noted) return std::unexpected(noted.error());
  return {};
}

}  // namespace pim::ops::cleanup
