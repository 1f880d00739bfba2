#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "catalog/families/input.hpp"

namespace pim::catalog::families {
namespace {

using testing::ElementsAre;

Result<Input> read(std::string_view body, Purpose purpose = Purpose::create) {
  return read_input(boost::json::parse(body), purpose);
}

TEST(FamilyInput, TheListSaysWhatIsRequired) {
  const auto input = read(R"({"name":" Shoes ","otherAttributes":[{"attributeId":7,"isRequired":true}],
                              "requiredAttributes":[{"attributeId":"3"},{"attributeId":4,"isRequired":false}]})");
  ASSERT_TRUE(input);
  EXPECT_EQ(input->name, "Shoes");
  EXPECT_THAT(input->attributes.ids, ElementsAre(3, 4, 7));
  EXPECT_THAT(input->attributes.required, ElementsAre(3, 4));
}

TEST(FamilyInput, WhatIsAbsentIsNotGiven) {
  const auto input = read(R"({"requiredAttributes":[]})", Purpose::update);
  ASSERT_TRUE(input);
  EXPECT_FALSE(input->name);
  EXPECT_TRUE(input->has_required);
  EXPECT_FALSE(input->has_others);
}

TEST(FamilyInput, AdditionalValuesAreTexts) {
  const auto input = read(R"({"name":"A","otherAttributes":[{"attributeId":1,"additionalValue":1.5},
      {"attributeId":2,"additionalValue":null},{"attributeId":3},{"attributeId":4,"additionalValue":true}]})");
  ASSERT_TRUE(input);
  EXPECT_THAT(input->attributes.values, ElementsAre("1.5", std::nullopt, std::nullopt, "true"));
  EXPECT_THAT(input->attributes.with_value, ElementsAre(1, 2, 4));
}

TEST(FamilyInput, AnAttributeIsThereOnce) {
  EXPECT_EQ(read(R"({"name":"A","otherAttributes":[{"attributeId":1}],"requiredAttributes":[{"attributeId":1}]})")
                .error()
                .message,
            "Duplicate attribute IDs found");
}

TEST(FamilyInput, NamesWhatIsWrong) {
  for (const std::string_view body :
       {R"({})", R"({"name":""})", R"({"name":"a/b"})", R"({"name":"\u00e4"})", R"({"name":"A","more":1})", R"([])",
        R"({"name":"A","otherAttributes":[{"attributeId":-1}]})",
        R"({"name":"A","otherAttributes":[{"attributeId":1e300}]})",
        R"({"name":"A","otherAttributes":[{"attributeId":99999999999}]})"}) {
    const auto input = read(body);
    ASSERT_FALSE(input) << body;
    EXPECT_EQ(input.error().status, 400) << body;
  }
}

}  // namespace
}  // namespace pim::catalog::families
