#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "exchange/record.hpp"

namespace pim::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

using Columns = std::vector<std::pair<std::string, std::string>>;  // header and field

// The record that a row becomes.
Record first_of(Dialect& dialect, Fields fields) {
  std::vector<Record> records;
  const auto emit = [&](std::int64_t, Record record) { records.push_back(std::move(record)); };
  dialect.take(2, fields, emit);
  dialect.finish(emit);
  return records.empty() ? Record{} : records.front();
}

// All categories of a record; the first is its own.
std::optional<std::vector<Path>> categories_of(const Record& record) {
  if (!record.category) return std::nullopt;
  std::vector<Path> all{*record.category};
  for (const Path& path : record.more_categories.value_or(std::vector<Path>{})) all.push_back(path);
  return all;
}

// The record of a file of one row.
Result<Record> read(std::string_view dialect_name, const Columns& columns, Mapping mapping = {},
                    std::vector<std::string>* left_out = nullptr) {
  const auto dialect = dialect_named(dialect_name, {.mapping = std::move(mapping)});
  std::vector<std::string> header;
  std::vector<std::string_view> fields;
  for (const auto& [name, field] : columns) {
    header.push_back(name);
    fields.push_back(field);
  }
  if (auto begun = dialect->begin(header); !begun) return std::unexpected(begun.error());
  if (left_out != nullptr) *left_out = dialect->left_out();
  return first_of(*dialect, fields);
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
  EXPECT_EQ(categories_of(*record), std::nullopt);
  EXPECT_EQ(record->sub_images, std::nullopt);
}

TEST(GenericDialect, splits_paths_and_lists) {
  const auto record =
      read("generic", {{"sku", "A-01"}, {"name", "B"}, {"category", "Shop / Boots"}, {"subImages", "/a.png, /b.png,"}});
  ASSERT_TRUE(record);
  EXPECT_EQ(categories_of(*record), (std::vector<std::vector<std::string>>{{"Shop", "Boots"}}));
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

TEST(GenericDialect, takes_attributes_that_only_look_like_fields) {
  const auto record = read("generic", {{"sku", "A-01"},
                                       {"name", "Boot"},
                                       {"Product", "x"},
                                       {"Product Weight", "1"},
                                       {"sku [Short text]", "2"},
                                       {"nickname", "3"},
                                       {"brand name", "4"}});
  ASSERT_TRUE(record);
  EXPECT_EQ(record->sku, "A-01");
  EXPECT_EQ(record->name, "Boot");
  EXPECT_THAT(record->attributes, ElementsAre(Pair("Product", "x"), Pair("Product Weight", "1"), Pair("sku", "2"),
                                              Pair("nickname", "3"), Pair("brand name", "4")));
}

TEST(GenericDialect, has_a_place_for_each_field) {
  const auto record = read("generic", {{"Name", "Boot"},
                                       {"SKU", "A-01"},
                                       {"Family Name", "Shoes"},
                                       {"CATEGORY-NAME", "Shop"},
                                       {"Product Link", "https://shop.example/a"},
                                       {"Image_URL", "/a.png"},
                                       {"Sub Images", "/b.png"},
                                       {"ThumbnailUrl", "/t.png"}});
  ASSERT_TRUE(record);
  EXPECT_EQ(record->family, "Shoes");
  EXPECT_EQ(categories_of(*record), (std::vector<std::vector<std::string>>{{"Shop"}}));
  EXPECT_EQ(record->product_link, "https://shop.example/a");
  EXPECT_EQ(record->image_url, "/a.png");
  EXPECT_EQ(record->sub_images, std::vector<std::string>{"/b.png"});
  EXPECT_EQ(record->thumbnail_url, "/t.png");
  EXPECT_TRUE(record->attributes.empty());
}

TEST(GenericDialect, leaves_out_what_the_catalogue_decides_itself) {
  std::vector<std::string> left_out;
  const auto record = read("generic", {{"ID", "7"}, {"sku", "A-01"}, {"Status", "x"}, {"name", "B"}}, {}, &left_out);
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->attributes.empty());
  EXPECT_THAT(left_out, ElementsAre("ID", "Status"));
}

// The reader gives short rows to nobody, but a dialect must not read past them either.
TEST(Dialects, read_rows_that_are_shorter_than_the_header) {
  for (const char* name : {"generic", "magento"}) {
    const auto dialect = dialect_named(name);
    ASSERT_TRUE(dialect->begin({"product_type", "sku", "name", "attribute_set_code", "price", "categories"}));
    const std::vector<std::string_view> fields{"simple", "A-01"};
    const Record record = first_of(*dialect, fields);
    EXPECT_EQ(record.sku, "A-01") << name;
    EXPECT_EQ(record.name, "") << name;
    EXPECT_EQ(categories_of(record), std::nullopt) << name;
    EXPECT_EQ(first_of(*dialect, {}).sku, "") << name;
  }
}

TEST(GenericDialect, finds_a_mapped_column_with_or_without_its_type) {
  for (const auto& [mapped, header] : std::vector<std::pair<std::string, std::string>>{{"Price", "Price [Decimal]"},
                                                                                       {"Price [Decimal]", "Price"},
                                                                                       {"Price [Text]", "Price [Text]"},
                                                                                       {"Price", "Price"}}) {
    const auto record = read("generic", {{"sku", "A"}, {"name", "B"}, {header, "9"}},
                             {{"sku", "sku"}, {"name", "name"}, {"P", mapped}});
    ASSERT_TRUE(record) << mapped;
    EXPECT_THAT(record->attributes, ElementsAre(Pair("P", "9"))) << mapped;
  }
  for (const char* other : {"price", "Price (Decimal)", "Price [Decimal", "Prices"}) {
    EXPECT_FALSE(read("generic", {{"sku", "A"}, {"name", "B"}, {other, "9"}},
                      {{"sku", "sku"}, {"name", "name"}, {"P", "Price"}}))
        << other;
  }
}

TEST(GenericDialect, needs_sku_and_name_of_a_mapping_too) {
  const auto record = read("generic", {{"sku", "A"}, {"name", "B"}}, {{"sku", "sku"}});
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().status, 400);
  EXPECT_EQ(record.error().code, "import.unusable_file");
  EXPECT_TRUE(record.error().message.contains("\"name\"")) << record.error().message;
  EXPECT_NE(record.error().remedy, "");
}

TEST(GenericDialect, knows_a_mapped_field_however_it_is_written) {
  const auto record = read("generic", {{"a", "A-01"}, {"b", "Boot"}, {"c", "A-00"}, {"d", "x"}},
                           {{"SKU", "a"}, {"Product name", "b"}, {"parent_sku", "c"}, {"Weight", "d"}});
  ASSERT_TRUE(record);
  EXPECT_EQ(record->sku, "A-01");
  EXPECT_EQ(record->name, "Boot");
  EXPECT_EQ(record->parent_sku, "A-00");
  EXPECT_THAT(record->attributes, ElementsAre(Pair("Weight", "x")));
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

TEST(MagentoDialect, reads_pairs_wherever_commas_and_equals_signs_stand) {
  struct Case {
    const char* text;
    Columns pairs;
  };
  for (const Case& each :
       {Case{"", {}}, Case{"no pairs at all", {}}, Case{"=x", {}}, Case{"a=1", {{"a", "1"}}},
        Case{"a=1,", {{"a", "1,"}}}, Case{"a=,b=2", {{"b", "2"}}}, Case{"a=x,,b=2", {{"a", "x,"}, {"b", "2"}}},
        Case{"a=one, two=2,b=3", {{"a", "one, two=2"}, {"b", "3"}}},
        Case{"a=https://x.example/?p=1&q=2", {{"a", "https://x.example/?p=1&q=2"}}},
        Case{"a= spaced ,b=\n2", {{"a", "spaced"}, {"b", "2"}}},
        Case{"size_1=\xC3\xA4,B2=c", {{"size_1", "\xC3\xA4"}, {"B2", "c"}}}}) {
    const auto record = read("magento", with(boot, "additional_attributes", each.text));
    ASSERT_TRUE(record) << each.text;
    EXPECT_EQ(record->attributes, each.pairs) << each.text;
  }
}

// Names and values without what would end them: whatever they are, they are found again.
RC_GTEST_PROP(MagentoDialect, reads_the_pairs_that_were_written, ()) {
  const auto name = rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::element('a', 'Z', '0', '_')));
  const auto value = rc::gen::map(rc::gen::container<std::string>(rc::gen::element('x', ' ', '=', '|', '"', '-')),
                                  [](const std::string& inner) { return "v" + inner + "."; });
  const auto pairs = *rc::gen::container<Columns>(rc::gen::pair(name, value));
  std::string text;
  for (const auto& [key, field] : pairs) text += (text.empty() ? "" : ",") + key + "=" + field;
  const auto record = read("magento", with(boot, "additional_attributes", text));
  RC_ASSERT(record.has_value());
  RC_ASSERT(record->attributes == pairs);
}

TEST(MagentoDialect, leaves_out_machinery_among_additional_attributes_too) {
  const auto record = read("magento", with(boot, "additional_attributes", "manage_stock=1,color=Red,updated_at=now"));
  ASSERT_TRUE(record);
  EXPECT_THAT(record->attributes, ElementsAre(Pair("color", "Red")));
}

TEST(MagentoDialect, has_no_variants_but_those_that_are_named) {
  for (const char* text : {"", "|", "size=S,color=Red", "SKU=A-02", "A-02|A-03"}) {
    const auto record = read("magento", with(boot, "configurable_variations", text));
    ASSERT_TRUE(record) << text;
    EXPECT_TRUE(record->variant_skus.empty()) << text;
  }
  const auto record = read("magento", with(boot, "configurable_variations", "size=S,sku= A 02 |sku=A-03,|"));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->variant_skus.front(), "A 02") << "wherever the sku stands";
}

TEST(MagentoDialect, takes_images_and_no_labels_of_them) {
  const auto record =
      read("magento", with(with(with(with(boot, "base_image", " /b.jpg "), "additional_images", "/1.jpg, /2.jpg,,"),
                                "thumbnail_image", ""),
                           "base_image_label", "front"));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->image_url, "/b.jpg");
  EXPECT_EQ(record->sub_images, (std::vector<std::string>{"/1.jpg", "/2.jpg"}));
  EXPECT_EQ(record->thumbnail_url, std::nullopt);
  EXPECT_TRUE(record->attributes.empty());
  EXPECT_EQ(read("magento", with(boot, "additional_images", ","))->sub_images, std::nullopt);
}

TEST(MagentoDialect, names_the_column_that_is_missing) {
  for (std::size_t missing = 0; missing < boot.size(); ++missing) {
    Columns columns = boot;
    columns.erase(columns.begin() + static_cast<std::ptrdiff_t>(missing));
    const auto record = read("magento", columns);
    ASSERT_FALSE(record);
    EXPECT_EQ(record.error().code, "import.unusable_file");
    EXPECT_TRUE(record.error().message.contains('"' + boot[missing].first + '"')) << record.error().message;
  }
}

TEST(MagentoDialect, reads_categories_from_the_root_in_their_order) {
  const auto record = read("magento", with(boot, "categories", "Shop/Men/Boots,Shop/Sale"));
  ASSERT_TRUE(record);
  EXPECT_EQ(categories_of(*record),
            (std::vector<std::vector<std::string>>{{"Shop", "Men", "Boots"}, {"Shop", "Sale"}}));
}

TEST(MagentoDialect, leaves_out_what_runs_the_shop_and_says_so) {
  std::vector<std::string> left_out;
  const auto record = read("magento", with(with(boot, "manage_stock", "1"), "price", "9.95"), {}, &left_out);
  ASSERT_TRUE(record);
  EXPECT_THAT(record->attributes, ElementsAre(Pair("price", "9.95")));
  EXPECT_THAT(left_out, ElementsAre("manage_stock"));
}

TEST(GenericDialect, takes_the_very_column_that_a_mapping_names) {
  const auto record = read("generic", {{"sku", "A"}, {"name", "B"}, {"Price [USD]", "2"}, {"Price [EUR]", "1"}},
                           {{"sku", "sku"}, {"name", "name"}, {"Price", "Price [EUR]"}});
  ASSERT_TRUE(record);
  EXPECT_THAT(record->attributes, ElementsAre(Pair("Price", "1")));
}

TEST(GenericDialect, reads_one_column_for_two_fields) {
  const auto record = read("generic", {{"Code", "A-01"}}, {{"sku", "Code"}, {"name", "Code"}});
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->sku, record->name);
}

TEST(Dialects, make_no_category_without_a_name) {
  EXPECT_EQ(categories_of(*read("generic", {{"sku", "A"}, {"name", "B"}, {"category", " / "}})), std::nullopt);
  EXPECT_EQ(categories_of(*read("magento", with(boot, "categories", "/,Shop"))),
            (std::vector<std::vector<std::string>>{{"Shop"}}));
}

TEST(MagentoDialect, reads_pairs_behind_white_space_and_commas) {
  EXPECT_EQ(read("magento", with(boot, "additional_attributes", " a=1,b=2"))->attributes.size(), 2U);
  EXPECT_EQ(read("magento", with(boot, "additional_attributes", ",a=1"))->attributes.size(), 1U);
}

TEST(MagentoDialect, links_no_variant_without_a_sku) {
  EXPECT_TRUE(read("magento", with(boot, "configurable_variations", "sku=,size=S"))->variant_skus.empty());
}

TEST(Dialects, are_told_by_their_headers) {
  EXPECT_EQ(dialect_of({"sku", "product_type", "attribute_set_code"}), "magento");
  EXPECT_EQ(dialect_of({"sku", "name"}), "generic");
  EXPECT_EQ(dialect_named("shopware"), nullptr);
  EXPECT_FALSE(read("magento", {{"sku", "A"}, {"name", "B"}}));
}

}  // namespace
}  // namespace pim::exchange
