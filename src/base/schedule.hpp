// Times that come again, as cron writes them: minute, hour, day of the month, month, day of the week.
#pragma once

#include <bitset>
#include <chrono>
#include <optional>
#include <string_view>

#include "base/problem.hpp"

namespace pim {

// A time on the wall: of which zone, is for who asks to know.
using WallTime = std::chrono::local_seconds;

class Schedule {
 public:
  // "0 2 * * *", "*/15 8-18 * * mon-fri", "0 0 1,15 * *". Where both the day of the month and the day of the week are
  // given, either is enough, as with cron. The Problem says which part is wrong.
  static Result<Schedule> parse(std::string_view text);

  // The last of its times that is not after `now`; nullopt where there was none in eight years (30 February).
  std::optional<WallTime> last(WallTime now) const;
  // The first one after `now`.
  std::optional<WallTime> next(WallTime now) const;

 private:
  bool has_day(std::chrono::local_days day) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<8> weekdays_;
  bool any_day_ = true, any_weekday_ = true;
};

}  // namespace pim
