#include "catalog/products/value_filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "catalog/products/list.hpp"
#include "catalog/products/variants.hpp"

namespace pim::catalog::products {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(ValueFilter, an_attribute_is_named_by_its_id_or_its_name) {
  ValueFilter filter;
  EXPECT_EQ(filter.add("attr[12]", "Black"), "");
  EXPECT_EQ(filter.add("attr[Main color]", "Black"), "");
  EXPECT_EQ(filter.add("attr[0]", "Black"), "");
  EXPECT_EQ(filter.add("attr[99999999999]", "Black"), "");
  ASSERT_THAT(filter.conditions, SizeIs(4));
  EXPECT_EQ(filter.conditions[0].attribute, (AttributeRef{.id = 12, .name = std::nullopt}));
  EXPECT_EQ(filter.conditions[1].attribute, (AttributeRef{.id = 0, .name = "Main color"}));
  EXPECT_EQ(filter.conditions[2].attribute.name, "0");
  EXPECT_EQ(filter.conditions[3].attribute.name, "99999999999");
  EXPECT_EQ(filter.conditions[0].test, "is");
  EXPECT_EQ(filter.conditions[0].low, "Black");
}

TEST(ValueFilter, both_ends_of_a_range_are_one_condition) {
  ValueFilter filter;
  EXPECT_EQ(filter.add("attr[Price][gte]", "20"), "");
  EXPECT_EQ(filter.add("attr[Weight][max]", "5"), "");
  EXPECT_EQ(filter.add("attr[Price][lt]", "40"), "");
  EXPECT_EQ(filter.add("attr[Price][gt]", "30"), "");  // a second lower end is a condition of its own
  ASSERT_THAT(filter.conditions, SizeIs(3));
  EXPECT_EQ(filter.conditions[0].test, "[)");
  EXPECT_EQ(filter.conditions[0].low, "20");
  EXPECT_EQ(filter.conditions[0].high, "40");
  EXPECT_EQ(filter.conditions[1].test, "[]");
  EXPECT_EQ(filter.conditions[1].low, std::nullopt);
  EXPECT_EQ(filter.conditions[2].test, "(]");
}

TEST(ValueFilter, with_and_without_a_value) {
  ValueFilter filter;
  EXPECT_TRUE(filter.is_empty());
  EXPECT_EQ(filter.add("attr[Color][empty]", "true"), "");
  EXPECT_EQ(filter.add("attr[Size][empty]", "false"), "");
  ASSERT_THAT(filter.empty, SizeIs(1));
  EXPECT_EQ(filter.empty[0].name, "Color");
  ASSERT_THAT(filter.conditions, SizeIs(1));
  EXPECT_EQ(filter.conditions[0].test, "filled");
}

TEST(ValueFilter, a_name_may_have_brackets) {
  ValueFilter filter;
  EXPECT_EQ(filter.add("attr[a [b]]", "v"), "");
  EXPECT_EQ(filter.conditions[0].attribute.name, "a [b]");
  EXPECT_EQ(attribute_of("attr[a [b]]")->name, "a [b]");
  EXPECT_EQ(attribute_of("attr[7]")->id, 7);
  EXPECT_EQ(attribute_of("name"), std::nullopt);
  EXPECT_EQ(attribute_of("attr["), std::nullopt);
}

TEST(ValueFilter, says_what_is_wrong) {
  ValueFilter filter;
  for (const auto& [parameter, value, words] :
       {std::tuple{"attr[", "x", "must be attr"}, std::tuple{"attr[]", "x", "must be attr"},
        std::tuple{"attr[Color", "x", "must be attr"}, std::tuple{"attr[Color][about]", "x", "about is none of"},
        std::tuple{"attr[Color]", "", "should not be empty"},
        std::tuple{"attr[Color][empty]", "yes", "true or false"}}) {
    EXPECT_THAT(filter.add(parameter, value), HasSubstr(words)) << parameter;
  }
  EXPECT_THAT(filter.add("attr[a]", std::string_view("\0", 1)), HasSubstr("zero"));
  EXPECT_THAT(filter.add("attr[a]", std::string(1001, 'x')), HasSubstr("1000"));
  EXPECT_TRUE(filter.is_empty());
  for (std::size_t i = 0; i < ValueFilter::conditions_max; ++i) EXPECT_EQ(filter.add("attr[a]", "x"), "");
  EXPECT_THAT(filter.add("attr[a]", "x"), HasSubstr("20"));
}

Result<Filter> filter_of(const char* json) { return read_filter(boost::json::parse(json).as_object()); }

TEST(ValueFilter, is_the_same_as_json) {
  const auto filter =
      filter_of(R"({"attributes":{"Color":"Black","12":5,"Price":{"gte":20,"lte":40.5},"Note":{"empty":true}}})");
  ASSERT_TRUE(filter);
  const ValueFilter& values = filter->values;
  ASSERT_THAT(values.conditions, SizeIs(3));
  EXPECT_EQ(values.conditions[0].low, "Black");
  EXPECT_EQ(values.conditions[1].attribute.id, 12);
  EXPECT_EQ(values.conditions[1].low, "5");
  EXPECT_EQ(values.conditions[2].low, "20");
  EXPECT_THAT(values.empty, SizeIs(1));
}

TEST(ProductFilter, reads_the_fields_of_a_bulk) {
  const auto filter =
      filter_of(R"({"search":"boot","status":"complete","categoryId":"null","familyId":3,"attributeIds":[1,"2"]})");
  ASSERT_TRUE(filter);
  EXPECT_EQ(filter->like, "%boot%");
  EXPECT_EQ(filter->status, "complete");
  EXPECT_THAT(filter->without, ElementsAre("category"));
  EXPECT_EQ(filter->family, 3);
  EXPECT_THAT(*filter->attributes, ElementsAre(1, 2));
  EXPECT_TRUE(filter_of("{}")->is_empty());
  EXPECT_TRUE(filter_of(R"({"search":"  "})")->is_empty());
}

TEST(ProductFilter, names_each_wrong_field) {
  for (const char* json :
       {R"({"search":5})", R"({"status":[]})", R"({"categoryId":"x"})", R"({"familyId":1.5})", R"({"attributeIds":1})",
        R"({"attributeIds":[{}]})", R"({"attributes":[]})", R"({"nonsense":1})", R"({"attributes":{"a":null}})",
        R"({"attributes":{"a":{}}})", R"({"attributes":{"a":[1]}})", R"({"attributes":{"a":{"about":1}}})",
        "{\"search\":\"a\\u0000b\"}"}) {
    const auto filter = filter_of(json);
    ASSERT_FALSE(filter) << json;
    EXPECT_THAT(filter.error().messages, SizeIs(1)) << json;
  }
}

TEST(Axes, are_read_with_their_values) {
  const auto axes = read_axes(boost::json::parse(
      R"({"axes":[{"attributeId":3,"values":[" Red ","Blue"]},{"attributeId":4,"values":["41"]}]})"));
  ASSERT_TRUE(axes);
  ASSERT_THAT(*axes, SizeIs(2));
  EXPECT_EQ((*axes)[0].attribute, 3);
  EXPECT_THAT((*axes)[0].values, ElementsAre("Red", "Blue"));
}

TEST(Axes, make_no_more_than_a_hundred_combinations) {
  const auto of = [](int first, int second) {
    std::string json = R"({"axes":[)";
    for (const int count : {first, second}) {
      json += (json.back() == '[' ? "" : ",") + std::string(R"({"attributeId":)") + std::to_string(json.size()) +
              R"(,"values":[)";
      for (int i = 0; i < count; ++i) json += (i == 0 ? "\"" : ",\"") + std::to_string(i) + '"';
      json += "]}";
    }
    return read_axes(boost::json::parse(json + "]}"));
  };
  EXPECT_TRUE(of(10, 10));
  const auto many = of(101, 1);
  ASSERT_FALSE(many);
  EXPECT_THAT(many.error().messages, ElementsAre(HasSubstr("100 combinations")));
  EXPECT_FALSE(of(51, 2));
}

}  // namespace
}  // namespace pim::catalog::products
