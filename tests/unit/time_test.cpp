#include "base/time.hpp"

#include <gtest/gtest.h>

namespace pim {
namespace {

using std::chrono::microseconds;

TEST(ParseTime, ReadsDaysAndTimesOfThem) {
  const std::chrono::sys_time<microseconds> day = std::chrono::sys_days{std::chrono::year{2026} / 11 / 24};
  EXPECT_EQ(parse_time("2026-11-24"), day);
  EXPECT_EQ(parse_time("2026-11-24T08:15:00Z"), day + std::chrono::hours{8} + std::chrono::minutes{15});
  EXPECT_EQ(parse_time("2026-11-24 08:15"), day + std::chrono::hours{8} + std::chrono::minutes{15});
  EXPECT_EQ(parse_time("2026-11-24T08:15:00.5+01:30"),
            day + std::chrono::hours{6} + std::chrono::minutes{45} + std::chrono::milliseconds{500});
  EXPECT_EQ(parse_time("2026-11-24T00:00:00.123456789Z"), day + microseconds{123456});
  EXPECT_EQ(parse_time("2024-02-29T23:59:59-0100"), std::chrono::sys_days{std::chrono::year{2024} / 3 / 1} +
                                                        std::chrono::minutes{59} + std::chrono::seconds{59});
}

TEST(ParseTime, RefusesWhatIsNone) {
  for (const char* text : {"", "yesterday", "2026", "2026-11", "2026-13-01", "2026-02-29", "24.11.2026", "2026-11-24T",
                           "2026-11-24T8:15", "2026-11-24T25:00", "2026-11-24T08:15:00.", "2026-11-24T08:15:00+1",
                           "2026-11-24T08:15:00Zjunk", "2026-1--4", "0000-01-01", "+026-11-24"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace pim
