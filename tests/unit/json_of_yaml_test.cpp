#include "reference/json_of_yaml.hpp"

#include <gtest/gtest.h>
#include <yaml-cpp/exceptions.h>

#include <boost/json/parse.hpp>

#include "openapi.hpp"

namespace pim::reference {
namespace {

TEST(JsonOfYaml, TypesPlainScalarsAndLeavesQuotedOnesTexts) {
  EXPECT_EQ(json_of_yaml("{a: 1, b: -2.5, c: 1e3, d: true, e: null, f: ~, g: }"),
            R"({"a":1,"b":-2.5,"c":1e3,"d":true,"e":null,"f":null,"g":null})");
  EXPECT_EQ(json_of_yaml(R"({a: '1', b: "true", c: 'null', d: ''})"), R"({"a":"1","b":"true","c":"null","d":""})");
}

TEST(JsonOfYaml, WhatIsNoJsonNumberIsAText) {
  EXPECT_EQ(json_of_yaml("[01, +1, 1., .5, 1e, 3.1.0, '', 0x10, 1_000, yes, -]"),
            R"(["01","+1","1.",".5","1e","3.1.0","","0x10","1_000","yes","-"])");
  EXPECT_EQ(json_of_yaml("[0, -0, 0.5, 1E-2]"), "[0,-0,0.5,1E-2]");
}

TEST(JsonOfYaml, KeepsTheOrderOfMembersAndNests) {
  EXPECT_EQ(json_of_yaml("z: [1, {y: []}]\na: {}\n'200': x\n"), R"({"z":[1,{"y":[]}],"a":{},"200":"x"})");
}

TEST(JsonOfYaml, EscapesAndFoldsTexts) {
  EXPECT_EQ(json_of_yaml("a: |\n  one \"two\"\n  three\nb: >-\n  four\n  five\n"),
            R"({"a":"one \"two\"\nthree\n","b":"four five"})");
}

TEST(JsonOfYaml, RefusesWhatIsNoYaml) { EXPECT_THROW(json_of_yaml("a: [1"), YAML::Exception); }

TEST(JsonOfYaml, MakesJsonOfTheDescriptionOfTheApi) {
  const auto document = boost::json::parse(json_of_yaml(openapi_yaml));
  EXPECT_EQ(document.at("openapi").as_string(), "3.1.0");
  EXPECT_TRUE(document.at("paths").as_object().contains("/products/{id}"));
}

}  // namespace
}  // namespace pim::reference
