#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "catalog/products/input.hpp"
#include "base/id.hpp"
#include "catalog/products/rules.hpp"

namespace pim::catalog::products {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<Input> create(const std::string& json) { return read_input(boost::json::parse(json), Purpose::create); }
Result<Input> update(const std::string& json) { return read_input(boost::json::parse(json), Purpose::update); }

std::vector<std::string> troubles_of(const Result<Input>& input) {
  if (input) return {};
  EXPECT_EQ(input.error().status, 400);
  return input.error().messages;
}

TEST(ProductInput, is_trimmed) {
  const auto input = create(R"({"name":"  A boot ","sku":"\tBOOT-1\n","imageUrl":" /a.png "})");
  ASSERT_TRUE(input);
  EXPECT_EQ(input->name, "A boot");
  EXPECT_EQ(input->sku, "BOOT-1");
  EXPECT_EQ(input->image_url, "/a.png");
}

TEST(ProductInput, names_each_wrong_field_at_once) {
  const auto troubles = troubles_of(create(
      R"({"name":7,"sku":"abc","productLink":"no link","subImages":"x","categoryId":"one","colour":"red","status":"maybe"})"));
  for (const char* words : {"name must be a string", "SKU must be between 4 and 40", "Product link must be a valid URL",
                            "subImages must be an array", "categoryId must be an integer",
                            "property colour should not exist", "Status must be one of"}) {
    EXPECT_THAT(troubles, Contains(HasSubstr(words)));
  }
}

TEST(ProductInput, needs_a_name_and_a_sku_for_a_new_product_only) {
  EXPECT_THAT(troubles_of(create("{}")), Contains(HasSubstr("name is required")));
  EXPECT_THAT(troubles_of(create("{}")), Contains(HasSubstr("sku should not be empty")));
  EXPECT_TRUE(update("{}"));
  EXPECT_FALSE(update(R"({"name":null})"));
  EXPECT_FALSE(update(R"({"sku":"   "})"));
}

TEST(ProductInput, counts_characters_and_not_bytes) {
  const auto times = [](std::string_view text, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += text;
    return out;
  };
  EXPECT_TRUE(create(R"({"sku":"1234","name":")" + times("\xF0\x9F\xA5\xBE", 100) + "\"}"));
  EXPECT_FALSE(create(R"({"sku":"1234","name":")" + times("\xF0\x9F\xA5\xBE", 101) + "\"}"));
  EXPECT_TRUE(create(R"({"name":"A","sku":")" + times("\xC3\xA4", 4) + "\"}"));
  EXPECT_FALSE(create(R"({"name":"A","sku":")" + times("\xC3\xA4", 3) + "\"}"));
  EXPECT_TRUE(create(R"({"name":"A","sku":")" + times("\xC3\xA4", 40) + "\"}"));
  EXPECT_FALSE(create(R"({"name":"A","sku":")" + times("\xC3\xA4", 41) + "\"}"));
}

TEST(ProductInput, tells_cleared_from_not_given) {
  const auto input = update(R"({"imageUrl":null,"categoryId":null,"productLink":""})");
  ASSERT_TRUE(input);
  EXPECT_TRUE(input->has("imageUrl") && input->has("categoryId") && input->has("productLink"));
  EXPECT_FALSE(input->has("familyId"));
  EXPECT_EQ(input->image_url, std::nullopt);
}

TEST(ProductInput, reads_values_of_attributes_one_by_one) {
  const auto input = create(
      R"({"name":"A","sku":"1234","attributesWithValues":[{"attributeId":3,"value":"red"},{"attributeId":4,"value":null}]})");
  ASSERT_TRUE(input);
  EXPECT_THAT(input->values.ids, ElementsAre(3, 4));
  EXPECT_EQ(input->values.values[0], "red");
  EXPECT_EQ(input->values.values[1], std::nullopt);
  for (const char* bad : {R"([{"attributeId":"x"}])", R"([{"value":"x"}])", R"([{"attributeId":1,"value":2}])",
                          R"([1])", R"([{"attributeId":1},{"attributeId":1}])", R"([{"attributeId":1,"colour":2}])"}) {
    EXPECT_FALSE(create(std::string(R"({"name":"A","sku":"1234","attributesWithValues":)") + bad + "}")) << bad;
  }
}

TEST(ProductInput, takes_no_zero_byte_and_no_number_that_is_no_id) {
  EXPECT_FALSE(create(R"({"name":"A\u0000B","sku":"1234"})"));
  for (const char* id : {"1.5", "99999999999", "\"one\"", "true", "[1]"}) {
    EXPECT_FALSE(update(std::string("{\"categoryId\":") + id + "}")) << id;
  }
}

TEST(ProductInput, must_be_an_object) {
  for (const char* body : {"[]", "1", "null", "\"x\""}) EXPECT_FALSE(create(body)) << body;
}

TEST(ProductRules, know_web_addresses) {
  for (const char* link : {"https://shop.example/boot?x=1", "shop.example", "http://a.b.example:8080/x"}) {
    EXPECT_TRUE(is_link(link)) << link;
  }
  for (const char* link : {"shop", "http://", "javascript:alert(1)", "https://shop", "two words.example"}) {
    EXPECT_FALSE(is_link(link)) << link;
  }
}

TEST(ProductRules, read_ids_in_range) {
  EXPECT_EQ(parse_id("1"), 1);
  EXPECT_EQ(parse_id("2147483647"), 2147483647);
  for (const char* text : {"", "0x1", "1 ", "+1", "-1", "1.0", "2147483648", "99999999999999999999"}) {
    EXPECT_EQ(parse_id(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace pim::catalog::products
