#include <gtest/gtest.h>

#include "ops/cleanup/cleanup.hpp"

namespace pim::ops::cleanup {
namespace {

using namespace std::chrono_literals;

// A database whose transactions are counted so many milliseconds after another.
struct Watched {
  OtherTraffic traffic{};
  std::chrono::steady_clock::time_point now{1h};
  std::int64_t all = 1'000'000;

  bool after(std::chrono::milliseconds passed, std::int64_t others, std::int64_t own = 0) {
    now += passed;
    all += others + own;
    return traffic.note(now, all, own);
  }
};

TEST(OtherTraffic, IsTakenForBusyUntilItIsKnown) {
  Watched watched;
  EXPECT_TRUE(watched.traffic.busy());
  EXPECT_TRUE(watched.after(0ms, 0));
  EXPECT_TRUE(watched.after(500ms, 1));
  EXPECT_FALSE(watched.after(700ms, 1));
  EXPECT_FALSE(watched.traffic.busy());
}

// A server alone has ten a second, and tells them all at once.
TEST(OtherTraffic, WhatIsToldOnceASecondIsNotTakenForMore) {
  Watched watched;
  watched.after(0ms, 0);
  watched.after(1200ms, 10);
  for (int second = 0; second < 5; ++second) {
    EXPECT_FALSE(watched.after(50ms, 10));
    for (int i = 0; i < 19; ++i) EXPECT_FALSE(watched.after(50ms, 0, 3));
  }
}

TEST(OtherTraffic, IsSeenWithinTwoSecondsToBeginAndToEnd) {
  Watched watched;
  watched.after(0ms, 0);
  EXPECT_FALSE(watched.after(1200ms, 0));
  for (int i = 0; i < 40; ++i) watched.after(50ms, 20);
  EXPECT_TRUE(watched.traffic.busy());
  for (int i = 0; i < 46; ++i) watched.after(50ms, 0, 3);
  EXPECT_FALSE(watched.traffic.busy());
}

}  // namespace
}  // namespace pim::ops::cleanup
