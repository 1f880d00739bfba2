#include "catalog/attribute_type.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pim::catalog {
namespace {

std::string written(std::string_view type, std::optional<std::string_view> value) {
  std::string body;
  {
    json::Object out{body};
    add_value(out, "v", type, value);
  }
  return body.substr(5, body.size() - 6);
}

TEST(AttributeType, EveryNameLeadsToItsStoredType) {
  for (const FriendlyType& type : friendly_types) {
    EXPECT_EQ(stored_type(type.shown), type.stored);
    EXPECT_EQ(friendly_type(type.stored), type.shown);
  }
  for (const std::string_view stored : stored_types) EXPECT_EQ(stored_type(stored), stored);
  EXPECT_EQ(stored_type("Decimals"), std::nullopt);
  EXPECT_EQ(stored_type(""), std::nullopt);
  EXPECT_EQ(stored_type("string"), std::nullopt);
  EXPECT_EQ(friendly_type("CURRENCY"), "CURRENCY");
}

TEST(AttributeType, ValuesAreJsonOfTheirType) {
  EXPECT_EQ(written("STRING", "7"), R"("7")");
  EXPECT_EQ(written("INTEGER", std::nullopt), "null");
  EXPECT_EQ(written("INTEGER", "+042"), "42");
  EXPECT_EQ(written("INTEGER", "-0"), "-0");
  EXPECT_EQ(written("INTEGER", "123456789012345678"), "123456789012345678");
  EXPECT_EQ(written("NUMBER", ".5"), "0.5");
  EXPECT_EQ(written("FLOAT", "1."), "1");
  EXPECT_EQ(written("NUMBER", "1.10"), "1.10");
  EXPECT_EQ(written("NUMBER", "-1E+5"), "-1e+5");
  EXPECT_EQ(written("CURRENCY", "19.90"), "19.90");
  EXPECT_EQ(written("PERCENTAGE", "100"), "100");
  EXPECT_EQ(written("BOOLEAN", "true"), "true");
  EXPECT_EQ(written("ARRAY", "a, b ,,c"), R"(["a","b","c"])");
  EXPECT_EQ(written("ARRAY", R"(["a", 1])"), R"(["a", 1])");
  EXPECT_EQ(written("JSON", R"({"a": 12345678901234567890123})"), R"({"a": 12345678901234567890123})");
  EXPECT_EQ(written("DATE", "2026-11-25"), R"("2026-11-25")");
}

TEST(AttributeType, WhatDoesNotFitStaysAText) {
  EXPECT_EQ(written("INTEGER", "ten"), R"("ten")");
  EXPECT_EQ(written("NUMBER", ""), R"("")");
  EXPECT_EQ(written("NUMBER", "."), R"(".")");
  EXPECT_EQ(written("NUMBER", "1e"), R"("1e")");
  EXPECT_EQ(written("NUMBER", "1e5x"), R"("1e5x")");
  EXPECT_EQ(written("NUMBER", "1,2"), R"("1,2")");
  EXPECT_EQ(written("NUMBER", "NaN"), R"("NaN")");
  EXPECT_EQ(written("BOOLEAN", "yes"), R"("yes")");
  EXPECT_EQ(written("JSON", "{"), R"("{")");
  EXPECT_EQ(written("ARRAY", "[1"), R"(["[1"])");
}

}  // namespace
}  // namespace pim::catalog
