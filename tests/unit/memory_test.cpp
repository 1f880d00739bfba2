#include "pg/embedded/memory.hpp"

#include <gtest/gtest.h>

namespace pim::pg::embedded {
namespace {

constexpr std::uint64_t gibibyte = 1ULL << 30;

TEST(Memory, ThereIsSome) {
  EXPECT_GT(memory(), gibibyte / 8);
  EXPECT_LT(memory(), 1024 * 1024 * gibibyte);
}

TEST(Memory, AnEighthIsTheDatabases) {
  EXPECT_EQ(shared_buffers(gibibyte / 2), 128);
  EXPECT_EQ(shared_buffers(4 * gibibyte), 512);
  EXPECT_EQ(shared_buffers(64 * gibibyte), 2048);
}

}  // namespace
}  // namespace pim::pg::embedded
