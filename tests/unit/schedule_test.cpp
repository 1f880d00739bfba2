#include "base/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace pim {
namespace {

using namespace std::chrono;

WallTime at(int y, unsigned m, unsigned d, int hour = 0, int minute = 0, int second = 0) {
  return local_days{year{y} / static_cast<int>(m) / static_cast<int>(d)} + hours{hour} + minutes{minute} +
         seconds{second};
}

Schedule schedule(std::string_view text) {
  auto parsed = Schedule::parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : Schedule();
}

// A zone whose offset from UTC changes once.
struct Zone {
  hours before, after;
  sys_seconds change;
  WallTime local(sys_seconds time) const {
    return WallTime((time + (time < change ? before : after)).time_since_epoch());
  }
};

// The times of the schedule within two days around the change, looked at each minute, as a leader does: what counts is
// the wall's time, and one that is not later than the last has been dealt with already.
std::vector<WallTime> slots(std::string_view text, const Zone& zone) {
  const Schedule parsed = schedule(text);
  std::vector<WallTime> found;
  std::optional<WallTime> before = parsed.last(zone.local(zone.change - days{1}));
  for (sys_seconds time = zone.change - days{1}; time <= zone.change + days{1}; time += minutes{1}) {
    const auto slot = parsed.last(zone.local(time));
    if (!slot || (before && *slot <= *before)) continue;
    found.push_back(*slot);
    before = slot;
  }
  return found;
}

TEST(Schedule, SaysTheLastTimeAndTheNext) {
  const Schedule nightly = schedule("0 2 * * *");
  EXPECT_EQ(nightly.last(at(2026, 11, 25, 2, 0)), at(2026, 11, 25, 2)) << "it is now";
  EXPECT_EQ(nightly.last(at(2026, 11, 25, 1, 59, 59)), at(2026, 11, 24, 2));
  EXPECT_EQ(nightly.next(at(2026, 11, 25, 2, 0)), at(2026, 11, 26, 2)) << "after now";
  EXPECT_EQ(nightly.next(at(2026, 12, 31, 23, 59)), at(2027, 1, 1, 2));
  const Schedule monday = schedule("0 8 * * mon");
  EXPECT_EQ(monday.last(at(2026, 11, 25)), at(2026, 11, 23, 8));
  EXPECT_EQ(monday.next(at(2026, 11, 25)), at(2026, 11, 30, 8));
}

TEST(Schedule, KnowsStepsListsRangesAndNames) {
  EXPECT_EQ(schedule("*/15 8-18 * * mon-fri").next(at(2026, 11, 27, 18, 45)), at(2026, 11, 30, 8)) << "over a weekend";
  EXPECT_EQ(schedule("5/20 * * * *").next(at(2026, 11, 27, 1, 25)), at(2026, 11, 27, 1, 45));
  EXPECT_EQ(schedule("0 0 1,15 * *").next(at(2026, 11, 2)), at(2026, 11, 15));
  EXPECT_EQ(schedule("0 0 1-10/3 * *").next(at(2026, 11, 5)), at(2026, 11, 7));
  EXPECT_EQ(schedule("0 0 * JAN,jul *").next(at(2026, 11, 25)), at(2027, 1, 1));
  for (const char* sunday : {"0 0 * * 0", "0 0 * * 7", "0 0 * * Sun", "0 0 * * 5-7/2"}) {
    EXPECT_EQ(schedule(sunday).next(at(2026, 11, 28)), at(2026, 11, 29)) << sunday;
  }
  EXPECT_EQ(schedule("  0   2 * * *  ").next(at(2026, 11, 25)), at(2026, 11, 25, 2));
}

TEST(Schedule, TakesEitherDayWhereBothAreGivenAsCronDoes) {
  const Schedule either = schedule("0 0 13 * fri");
  EXPECT_EQ(either.next(at(2026, 11, 25)), at(2026, 11, 27)) << "a Friday";
  EXPECT_EQ(either.next(at(2026, 12, 12)), at(2026, 12, 13)) << "a Sunday";
  EXPECT_EQ(schedule("0 0 */2 * fri").next(at(2026, 11, 25)), at(2026, 11, 27)) << "a star needs both";
}

TEST(Schedule, FindsLeapDaysAndNoDayThatNeverComes) {
  EXPECT_EQ(schedule("0 0 29 2 *").next(at(2026, 11, 25)), at(2028, 2, 29));
  EXPECT_EQ(schedule("0 0 29 2 *").last(at(2026, 11, 25)), at(2024, 2, 29));
  EXPECT_EQ(schedule("0 0 30 2 *").next(at(2026, 11, 25)), std::nullopt);
  EXPECT_EQ(schedule("0 0 30 2 *").last(at(2026, 11, 25)), std::nullopt);
}

// In Berlin there is no 02:00 to 02:59 on 29 March 2026, and all of it twice on 25 October.
TEST(Schedule, HasOneTimeInTheNightThatLacksItAndInTheOneThatHasItTwice) {
  const Zone spring{hours{1}, hours{2}, sys_days{year{2026} / 3 / 29} + hours{1}};
  const Zone autumn{hours{2}, hours{1}, sys_days{year{2026} / 10 / 25} + hours{1}};
  ASSERT_EQ(spring.local(spring.change), at(2026, 3, 29, 3));
  ASSERT_EQ(autumn.local(autumn.change), at(2026, 10, 25, 2));
  for (const int minute : {0, 30, 59}) {
    const std::string text = std::to_string(minute) + " 2 * * *";
    const std::vector in_spring = slots(text, spring), in_autumn = slots(text, autumn);
    EXPECT_EQ(std::ranges::count(in_spring, at(2026, 3, 29, 2, minute)), 1) << text;
    EXPECT_EQ(std::ranges::count(in_autumn, at(2026, 10, 25, 2, minute)), 1) << text;
  }
}

TEST(Schedule, SaysWhatIsWrong) {
  for (const auto& [text, part] :
       std::vector<std::pair<const char*, const char*>>{{"60 2 * * *", "\"60\" is no minute"},
                                                        {"0 24 * * *", "\"24\" is no hour"},
                                                        {"0 2 0 * *", "\"0\" is no day of the month"},
                                                        {"0 2 32 * *", "\"32\" is no day of the month"},
                                                        {"0 2 * 13 *", "\"13\" is no month"},
                                                        {"0 2 * * 8", "\"8\" is no day of the week"},
                                                        {"0 2 * * monday", "\"monday\" is no day of the week"},
                                                        {"*/0 2 * * *", "\"*/0\" is no minute"},
                                                        {"*/ 2 * * *", "\"*/\" is no minute"},
                                                        {"30-10 2 * * *", "\"30-10\" is no minute"},
                                                        {"1,,2 2 * * *", "\"\" is no minute"},
                                                        {"-1 2 * * *", "\"-1\" is no minute"},
                                                        {"1.5 2 * * *", "\"1.5\" is no minute"},
                                                        {"0 2 * *", "five parts"},
                                                        {"0 2 * * * *", "five parts"},
                                                        {"@daily", "five parts"},
                                                        {"", "five parts"}}) {
    const auto parsed = Schedule::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().message.find(part), std::string::npos) << text << ": " << parsed.error().message;
    EXPECT_FALSE(parsed.error().remedy.empty()) << text;
  }
}

}  // namespace
}  // namespace pim
