#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "base/id.hpp"
#include "catalog/products/input.hpp"
#include "catalog/products/rules.hpp"

namespace pim::catalog::products {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

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

TEST(ProductInput, counts_what_is_left_after_trimming) {
  EXPECT_TRUE(create(R"({"name":"A","sku":"  1234  "})"));
  EXPECT_FALSE(create(R"({"name":"A","sku":"  123  "})"));
  EXPECT_TRUE(create(R"({"sku":"1234","name":" )" + std::string(100, 'n') + " \"}"));
  EXPECT_FALSE(create(R"({"sku":"1234","name":")" + std::string(101, 'n') + "\"}"));
  EXPECT_EQ(create(R"({"name":"a  b","sku":"1 2 3"})")->sku, "1 2 3") << "white space within is kept";
}

TEST(ProductInput, has_the_same_limits_for_the_sku_of_a_parent) {
  const auto with_parent = [](const std::string& sku) {
    return create(R"({"name":"A","sku":"1234","parentSku":")" + sku + "\"}");
  };
  EXPECT_EQ(with_parent(" ABCD ")->parent_sku, "ABCD");
  EXPECT_TRUE(with_parent(std::string(40, 'x')));
  for (const std::string& wrong : {std::string("abc"), std::string(41, 'x'), std::string(), std::string("   ")}) {
    EXPECT_THAT(troubles_of(with_parent(wrong)), ElementsAre("Parent SKU must be between 4 and 40 characters"))
        << wrong;
  }
  EXPECT_FALSE(create(R"({"name":"A","sku":"1234","parentSku":null})")->has("parentSku"))
      << "a new one has no link to cut";
}

TEST(ProductInput, unlinks_a_parent_by_any_empty_value) {
  for (const char* body : {R"({"parentSku":null})", R"({"parentSku":""})", R"({"parentSku":" "})"}) {
    const auto input = update(body);
    ASSERT_TRUE(input) << body;
    EXPECT_TRUE(input->has("parentSku")) << body;
    EXPECT_EQ(input->parent_sku, std::nullopt) << body;
  }
  const auto by_id = update(R"({"parentProductId":null})");
  ASSERT_TRUE(by_id);
  EXPECT_TRUE(by_id->has("parentProductId"));
  EXPECT_EQ(by_id->parent_product_id, std::nullopt);
}

TEST(ProductInput, names_one_parent_only) {
  EXPECT_EQ(update(R"({"parentProductId":7})")->parent_product_id, 7);
  EXPECT_THAT(troubles_of(update(R"({"parentProductId":7,"parentSku":"ABCD"})")),
              ElementsAre(HasSubstr("name the parent both")));
  EXPECT_THAT(troubles_of(update(R"({"parentProductId":null,"parentSku":null})")),
              ElementsAre(HasSubstr("name the parent both")));
  EXPECT_THAT(troubles_of(create(R"({"name":"A","sku":"1234","parentProductId":7})")),
              ElementsAre("property parentProductId should not exist"))
      << "a new product is linked by SKU";
}

// Each field alone, of every kind that is not its own.
TEST(ProductInput, takes_no_field_of_another_kind) {
  struct Field {
    const char* name;
    std::vector<const char*> wrong;
  };
  const std::vector<const char*> no_texts{"1", "true", "[]", "{}"},
      no_ids{"true", "[]", "{}", "1.5", "\"x\"", "\"\"", "2147483648"}, no_arrays{"1", "true", "{}", "\"x\""};
  for (const Field& field : {Field{"name", no_texts},
                             {"sku", no_texts},
                             {"productLink", no_texts},
                             {"imageUrl", no_texts},
                             {"thumbnailUrl", no_texts},
                             {"status", no_texts},
                             {"parentSku", no_texts},
                             {"categoryId", no_ids},
                             {"familyId", no_ids},
                             {"attributeGroupId", no_ids},
                             {"parentProductId", no_ids},
                             {"subImages", no_arrays},
                             {"thumbnailSubImages", no_arrays},
                             {"attributes", no_arrays},
                             {"assets", no_arrays},
                             {"attributesWithValues", no_arrays},
                             {"familyAttributesWithValues", no_arrays},
                             {"subImages", {"[1]", "[null]", "[[\"x\"]]", "[\"x\",1]"}},
                             {"attributes", {"[\"x\"]", "[null]", "[1.5]", "[1,[]]", "[2147483648]"}},
                             {"assets", {"[\"x\"]", "[null]", "[{}]"}},
                             {"updateExisting", {"1", "\"true\"", "[]", "{}"}}}) {
    for (const char* wrong : field.wrong) {
      const std::string body = std::string("{\"") + field.name + "\":" + wrong + "}";
      EXPECT_THAT(troubles_of(update(body)), Not(IsEmpty())) << body;
    }
  }
}

TEST(ProductInput, reads_each_field_of_its_kind) {
  const auto input = create(R"({"name":"A","sku":"1234","productLink":"shop.example/a","imageUrl":"/a.png",
      "subImages":["/b.png"," /c.png "],"thumbnailUrl":"/t.png","thumbnailSubImages":[],"status":"complete",
      "categoryId":1,"familyId":"2","attributeGroupId":2147483647,"attributes":[4,"5"],"assets":[6],
      "familyAttributesWithValues":[{"attributeId":"7","value":""}],"updateExisting":true})");
  ASSERT_TRUE(input) << input.error().messages.front();
  EXPECT_EQ(input->product_link, "shop.example/a");
  EXPECT_THAT(*input->sub_images, ElementsAre("/b.png", " /c.png "));
  EXPECT_THAT(*input->thumbnail_sub_images, IsEmpty());
  EXPECT_EQ(input->category_id, 1);
  EXPECT_EQ(input->family_id, 2) << "in digits, as old clients send it";
  EXPECT_EQ(input->attribute_group_id, 2147483647);
  EXPECT_THAT(input->attributes, ElementsAre(4, 5));
  EXPECT_THAT(input->assets, ElementsAre(6));
  EXPECT_THAT(input->family_values.ids, ElementsAre(7));
  EXPECT_EQ(input->family_values.values[0], "") << "an empty value is one";
  EXPECT_TRUE(input->values.ids.empty());
  EXPECT_TRUE(input->update_existing);
}

TEST(ProductInput, refuses_every_field_that_it_does_not_know) {
  EXPECT_THAT(troubles_of(update(R"({"Name":"A","id":1,"userId":2,"":3,"__proto__":{}})")),
              UnorderedElementsAre("property Name should not exist", "property id should not exist",
                                   "property userId should not exist", "property  should not exist",
                                   "property __proto__ should not exist"));
  EXPECT_THAT(troubles_of(update(R"({"attributesWithValues":[{"attributeId":1,"value":"x","userId":2}]})")),
              ElementsAre("attributesWithValues.0.property userId should not exist"));
}

TEST(ProductInput, says_which_of_many_values_is_wrong) {
  EXPECT_THAT(troubles_of(update(
                  R"({"attributesWithValues":[{"attributeId":1},{"attributeId":2,"value":3},{"attributeId":1}]})")),
              ElementsAre("attributesWithValues.1.value must be a string",
                          "attributesWithValues.2.attributeId 1 is given twice"));
  EXPECT_TRUE(
      update(R"({"attributesWithValues":[{"attributeId":1}],"familyAttributesWithValues":[{"attributeId":1}]})"))
      << "twice in one list only";
}

TEST(ProductInput, finds_a_zero_byte_in_every_text) {
  for (const char* field :
       {R"("name":"A\u0000")", R"("sku":"12\u000034")", R"("imageUrl":"\u0000")", R"("thumbnailUrl":"a\u0000")",
        R"("productLink":"shop.example/\u0000")", R"("subImages":["a","\u0000"])", R"("thumbnailSubImages":["\u0000"])",
        R"("attributesWithValues":[{"attributeId":1,"value":"\u0000"}])",
        R"("familyAttributesWithValues":[{"attributeId":1,"value":"\u0000"}])"}) {
    EXPECT_THAT(troubles_of(update(std::string("{") + field + "}")), Not(IsEmpty())) << field;
  }
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

TEST(ProductRules, trim_white_space_and_nothing_else) {
  EXPECT_EQ(trimmed(" \t\r\n\v\f a b \n"), "a b");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed(" \n "), "");
  EXPECT_EQ(trimmed("\xC3\xA4 \xC3\xA4"), "\xC3\xA4 \xC3\xA4");
  EXPECT_EQ(trimmed("\xC2\x85\xC2\xA0"), "\xC2\x85\xC2\xA0") << "bytes of longer characters are no white space";
  EXPECT_EQ(trimmed(std::string_view("\0a\0", 3)), std::string_view("\0a\0", 3));
}

TEST(ProductRules, count_characters_of_every_size) {
  EXPECT_EQ(characters_of(""), 0U);
  EXPECT_EQ(characters_of("abc"), 3U);
  EXPECT_EQ(characters_of("\xC3\xA4\xE2\x82\xAC\xF0\x9F\xA5\xBE"), 3U);
  EXPECT_EQ(characters_of("e\xCC\x81"), 2U) << "a letter and its accent, apart";
  EXPECT_FALSE(sku_rule.fits("\xF0\x9F\xA5\xBE")) << "four bytes, one character";
}

TEST(ProductRules, know_addresses_of_the_web_by_scheme_and_host) {
  for (const char* link :
       {"ftp://shop.example", "http://127.0.0.1:8080/x", "https://[::1]/x", "https://shop.example#part",
        "xn--mnchen-3ya.example", "https://shop.xn--p1ai", "https://user@shop.example/%20"}) {
    EXPECT_TRUE(is_link(link)) << link;
  }
  for (const char* link : {"",
                           " ",
                           "http://",
                           "http:///x.example",
                           "http://.example",
                           "http://a..example",
                           "http://shop.example.",
                           "http://shop.e",
                           "http://shop.c0m",
                           "javascript://shop.example/%0aalert(1)",
                           "data:text/html,x://y.example",
                           "file://shop.example/etc/passwd",
                           "mailto://a@shop.example",
                           "https://shop.example/a b",
                           "shop.example/\n",
                           "https://shop.example/<script>",
                           "http://256.1.1.1",
                           "https://[::1",
                           "/a.png",
                           "../a.example"}) {
    EXPECT_FALSE(is_link(link)) << link;
  }
  const std::string host = "https://shop.example/";
  EXPECT_TRUE(is_link(host + std::string(2048 - host.size(), 'x')));
  EXPECT_FALSE(is_link(host + std::string(2049 - host.size(), 'x')));
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
