// Can the database's clock be believed? It decides what has been in the trash for long enough, so one that jumped would
// purge what was deleted yesterday.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/schedule.hpp"
#include "pg/blocking.hpp"
#include "pg/codec.hpp"

namespace pim::ops::cleanup {

// The database's clock beside one that nobody can set.
struct ClockSight {
  pg::Timestamp at;
  std::string boot_id;        // of this machine, another one after each boot
  std::int64_t boot_seconds;  // since then, asleep or not
};

// What is wrong with a clock that was seen like `before` and is seen like `now`; nullopt where nothing is.
std::optional<std::string> clock_trouble(const ClockSight& before, const ClockSight& now);

struct SeenClock {
  WallTime local;  // in the zone that was asked for
  std::optional<std::string> trouble;
  bool is_new = false;  // it was not known before; the list of runs has it now
};

class ClockWatch {
 public:
  // Looks at the clock, compares it with how it was last seen, by anybody and by this process, and notes it.
  pg::Outcome<SeenClock> look(pg::Blocking& connection, std::string_view time_zone);
  // Somebody says that it is right.
  static pg::Outcome<void> accept(pg::Blocking& connection);

 private:
  std::optional<ClockSight> own_;
  std::int32_t accepted_ = 0;
};

}  // namespace pim::ops::cleanup
