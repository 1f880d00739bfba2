#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange/record.hpp"

namespace pim::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

using Columns = std::vector<std::pair<std::string, std::string>>;  // header and field

// The record of a file of one row.
Result<Record> read(std::string_view dialect_name, const Columns& columns, Mapping mapping = {},
                    std::vector<std::string>* left_out = nullptr) {
  const auto dialect = dialect_named(dialect_name, std::move(mapping));
  std::vector<std::string> header;
  std::vector<std::string_view> fields;
  for (const auto& [name, field] : columns) {
    header.push_back(name);
    fields.push_back(field);
  }
  if (auto begun = dialect->begin(header); !begun) return std::unexpected(begun.error());
  if (left_out != nullptr) *left_out = dialect->left_out();
  return dialect->read(fields);
}

TEST(GenericDialect, knows_its_fields_however_they_are_written) {
  for (const char* parent : {"parentSku", "Parent SKU", "parent_sku", "PARENT-SKU", "parent"}) {
    const auto record = read("generic", {{"SKU", "A-01"}, {"Product Name", " Boot "}, {parent, "A-00"}});
    ASSERT_TRUE(record) << parent;
    EXPECT_EQ(record->sku, "A-01");
    EXPECT_EQ(record->name, "Boot");
    EXPECT_EQ(record->parent_sku, "A-00") << parent;
    EXPECT_TRUE(record->attributes.empty());
  }
}

TEST(GenericDialect, takes_other_columns_as_attributes_with_their_own_names) {
  const auto record =
      read("generic", {{"sku", "A-01"}, {"name", "Boot"}, {"Colour", "red"}, {"Size", ""}, {"status", "x"}});
  ASSERT_TRUE(record);
  EXPECT_THAT(record->attributes, ElementsAre(Pair("Colour", "red"))) << "an empty field says nothing";
}

TEST(GenericDialect, does_not_say_what_the_file_does_not_say) {
  const auto record = read("generic", {{"sku", "A-01"}, {"name", "Boot"}, {"imageUrl", ""}});
  ASSERT_TRUE(record);
  EXPECT_EQ(record->image_url, std::nullopt);
  EXPECT_EQ(record->family, std::nullopt);
  EXPECT_EQ(record->categories, std::nullopt);
  EXPECT_EQ(record->sub_images, std::nullopt);
}

TEST(GenericDialect, splits_paths_and_lists) {
  const auto record =
      read("generic", {{"sku", "A-01"}, {"name", "B"}, {"category", "Shop / Boots"}, {"subImages", "/a.png, /b.png,"}});
  ASSERT_TRUE(record);
  EXPECT_EQ(record->categories, (std::vector<std::vector<std::string>>{{"Shop", "Boots"}}));
  EXPECT_EQ(record->sub_images, (std::vector<std::string>{"/a.png", "/b.png"}));
}

TEST(GenericDialect, needs_sku_and_name) {
  EXPECT_TRUE(read("generic", {{"name", "Boot"}}).error().message.contains("\"sku\""));
  EXPECT_TRUE(read("generic", {{"sku", "Boot"}}).error().message.contains("\"name\""));
}

TEST(GenericDialect, goes_by_a_mapping_where_there_is_one) {
  std::vector<std::string> left_out;
  const auto record =
      read("generic", {{"Code", "A-01"}, {"Title", "Boot"}, {"Farbe [Short text]", "rot"}, {"sku", "other"}},
           {{"sku", "Code"}, {"name", "Title"}, {"Colour", "Farbe"}}, &left_out);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->sku, "A-01");
  EXPECT_THAT(record->attributes, ElementsAre(Pair("Colour", "rot")));
  EXPECT_THAT(left_out, ElementsAre("sku"));
  const auto missing = read("generic", {{"sku", "A"}, {"name", "B"}}, {{"sku", "Code"}, {"name", "name"}});
  EXPECT_TRUE(missing.error().message.contains("\"Code\""));
}

const Columns boot{{"sku", "A-01"}, {"name", "Boot"}, {"product_type", "simple"}, {"attribute_set_code", "Shoes"}};

Columns with(Columns columns, std::string name, std::string field) {
  columns.emplace_back(std::move(name), std::move(field));
  return columns;
}

TEST(MagentoDialect, links_the_variants_of_a_configurable_product) {
  const auto record =
      read("magento", with(boot, "configurable_variations", "sku=A-02,size=S,color=Red|sku=A-03,size=M"));
  ASSERT_TRUE(record);
  EXPECT_THAT(record->variant_skus, ElementsAre("A-02", "A-03"));
  EXPECT_EQ(record->family, "Shoes");
}

TEST(MagentoDialect, keeps_commas_within_values_of_additional_attributes) {
  const auto record =
      read("magento", with(boot, "additional_attributes", "material=Wool, soft,size=S,note=a=b,empty="));
  ASSERT_TRUE(record);
  EXPECT_THAT(record->attributes,
              UnorderedElementsAre(Pair("material", "Wool, soft"), Pair("size", "S"), Pair("note", "a=b")));
}

TEST(MagentoDialect, reads_categories_from_the_root_in_their_order) {
  const auto record = read("magento", with(boot, "categories", "Shop/Men/Boots,Shop/Sale"));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->categories, (std::vector<std::vector<std::string>>{{"Shop", "Men", "Boots"}, {"Shop", "Sale"}}));
}

TEST(MagentoDialect, leaves_out_what_runs_the_shop_and_says_so) {
  std::vector<std::string> left_out;
  const auto record = read("magento", with(with(boot, "manage_stock", "1"), "price", "9.95"), {}, &left_out);
  ASSERT_TRUE(record);
  EXPECT_THAT(record->attributes, ElementsAre(Pair("price", "9.95")));
  EXPECT_THAT(left_out, ElementsAre("manage_stock"));
}

TEST(Dialects, are_told_by_their_headers) {
  EXPECT_EQ(dialect_of({"sku", "product_type", "attribute_set_code"}), "magento");
  EXPECT_EQ(dialect_of({"sku", "name"}), "generic");
  EXPECT_EQ(dialect_named("shopware"), nullptr);
  EXPECT_FALSE(read("magento", {{"sku", "A"}, {"name", "B"}}));
}

}  // namespace
}  // namespace pim::exchange
