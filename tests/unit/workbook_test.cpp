// The parts of XLSX workbooks, split at every offset.
#include "exchange/workbook.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace pim::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Texts = std::vector<std::string>;

// Calls `look` for a reader that was given `xml` in two pieces, for each place between them.
template <class Reader, class... Args>
void split_everywhere(std::string_view xml, const std::function<void(Reader&)>& look, Args&&... args) {
  for (std::size_t at = 0; at <= xml.size(); ++at) {
    SCOPED_TRACE(at);
    Reader reader(args...);
    ASSERT_TRUE(reader.feed(xml.substr(0, at)));
    ASSERT_TRUE(reader.feed(xml.substr(at), true));
    look(reader);
  }
}

std::vector<Texts> rows_of(SheetReader& reader) {
  std::vector<Texts> rows;
  while (const Row* row = reader.next()) {
    Texts texts{std::to_string(row->line)};
    if (!row->trouble.empty()) texts.push_back("!" + row->trouble);
    for (const std::string_view field : row->fields) texts.emplace_back(field);
    rows.push_back(std::move(texts));
  }
  return rows;
}

TEST(Workbook, names_its_first_sheet_and_its_calendar) {
  split_everywhere<WorkbookReader>(
      R"(<x:workbook xmlns:x="a" xmlns:r="b"><x:workbookPr date1904="1"/><x:sheets><x:sheet name="A" sheetId="3" r:id="rId7"/><x:sheet name="B" sheetId="1" r:id="rId1"/></x:sheets></x:workbook>)",
      [](WorkbookReader& reader) {
        EXPECT_EQ(reader.sheet_relation, "rId7");
        EXPECT_TRUE(reader.is_from_1904);
      });
  split_everywhere<RelationsReader>(
      R"(<Relationships><Relationship Id="rId1" Target="styles.xml"/><Relationship Id="rId7" Target="worksheets/sheet9.xml"/></Relationships>)",
      [](RelationsReader& reader) { EXPECT_EQ(reader.target, "worksheets/sheet9.xml"); }, "rId7");
}

TEST(Workbook, shares_texts_plain_rich_and_coded) {
  split_everywhere<SharedTextsReader>(
      "<sst><si><t>red &amp; blue</t></si><si><r><t xml:space=\"preserve\">a "
      "</t></r><r><t>b</t></r><rPh><t>no</t></rPh></si>"
      "<si><t>one_x000D_two _x005F_x000D_ _xZZZZ_</t></si><si/></sst>",
      [](SharedTextsReader& reader) {
        EXPECT_THAT(reader.texts, ElementsAre("red & blue", "a b", "one\rtwo _x000D_ _xZZZZ_", ""));
      });
}

TEST(Workbook, is_refused_where_its_texts_are_too_many) {
  SharedTextsReader reader(100);
  std::string xml = "<sst>";
  for (int i = 0; i < 50; ++i) xml += "<si><t>text</t></si>";
  const auto fed = reader.feed(xml);
  ASSERT_FALSE(fed);
  EXPECT_THAT(fed.error().message, HasSubstr("too many texts"));
}

TEST(Workbook, declares_no_document_type) {
  SharedTextsReader reader;
  const auto fed =
      reader.feed(R"(<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><sst><si><t>&c;</t></si></sst>)", true);
  ASSERT_FALSE(fed);
  EXPECT_THAT(fed.error().message, HasSubstr("document type"));
}

TEST(Workbook, that_is_damaged_is_refused_with_the_line) {
  SharedTextsReader reader;
  const auto fed = reader.feed("<sst><si>\n<t>a</si></sst>", true);
  ASSERT_FALSE(fed);
  EXPECT_THAT(fed.error().message, HasSubstr("line 2"));
}

TEST(Workbook, knows_which_styles_are_days) {
  split_everywhere<StylesReader>(
      R"(<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd.mm.yyyy hh:mm"/><numFmt numFmtId="165" formatCode="#,##0.00 &quot;EUR per day&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="21"/></cellXfs></styleSheet>)",
      [](StylesReader& reader) {
        EXPECT_THAT(reader.forms, ElementsAre(NumberForm::number, NumberForm::day, NumberForm::day_and_time,
                                              NumberForm::number, NumberForm::time));
      });
}

TEST(NumberForms, are_told_by_their_formats) {
  for (const char* format : {"General", "0.00", "#,##0", "0.00E+00", "@", "\"Day\" 0", "[Red]0.0", "0\\d"}) {
    EXPECT_EQ(number_form_of(format), NumberForm::number) << format;
  }
  for (const char* format : {"yyyy-mm-dd", "d/m/yy", "mmm", "[$-407]d. mmmm yyyy", "dd.mm.yyyy;@"}) {
    EXPECT_EQ(number_form_of(format), NumberForm::day) << format;
  }
  for (const char* format : {"hh:mm", "[h]:mm:ss", "h:mm AM/PM"})
    EXPECT_EQ(number_form_of(format), NumberForm::time) << format;
  EXPECT_EQ(number_form_of("yyyy-mm-dd hh:mm"), NumberForm::day_and_time);
}

TEST(Days, are_those_of_the_sheets_calendar) {
  EXPECT_EQ(day_text(45000, NumberForm::day, false), "2023-03-15");
  EXPECT_EQ(day_text(45000.75, NumberForm::day_and_time, false), "2023-03-15T18:00:00");
  EXPECT_EQ(day_text(45000, NumberForm::day_and_time, false), "2023-03-15T00:00:00");
  EXPECT_EQ(day_text(0.5, NumberForm::time, false), "12:00:00");
  EXPECT_EQ(day_text(1, NumberForm::day, false), "1900-01-01");
  EXPECT_EQ(day_text(59, NumberForm::day, false), "1900-02-28");
  EXPECT_EQ(day_text(60, NumberForm::day, false), "60") << "a day that never was";
  EXPECT_EQ(day_text(61, NumberForm::day, false), "1900-03-01");
  EXPECT_EQ(day_text(0, NumberForm::day, true), "1904-01-01");
  EXPECT_EQ(day_text(-1, NumberForm::day, false), "-1");
  EXPECT_EQ(day_text(45000.9999999, NumberForm::day_and_time, false), "2023-03-16T00:00:00");
}

TEST(Numbers, are_written_as_a_sheet_shows_them) {
  EXPECT_EQ(number_text(1), "1");
  EXPECT_EQ(number_text(-0.0), "0");
  EXPECT_EQ(number_text(0.1 + 0.2), "0.3");
  EXPECT_EQ(number_text(19.9), "19.9");
  EXPECT_EQ(number_text(4006381333931), "4006381333931");
  EXPECT_EQ(number_text(1e21), "1e+21");
}

const std::vector<std::string> shared{"sku", "Red", "=1+1"};
const std::vector<NumberForm> forms{NumberForm::number, NumberForm::day};

TEST(Sheet, gives_every_kind_of_cell) {
  split_everywhere<SheetReader>(
      R"(<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><r><t>na</t></r><r><t>me</t></r></is></c></row><row r="3"><c r="A3"><v>1.1000000000000001</v></c><c r="B3" s="1"><v>45000</v></c><c r="C3" t="b"><v>1</v></c><c r="D3" t="str"><f>A1&amp;"x"</f><v>a&lt;b</v></c><c r="AA3" t="s"><v>2</v></c></row><row r="4"/><row r="5"><c r="A5" s="1"/></row></sheetData></worksheet>)",
      [](SheetReader& reader) {
        Texts third{"3", "1.1", "2023-03-15", "true", "a<b"};
        third.resize(27);
        third.emplace_back("=1+1");
        EXPECT_THAT(rows_of(reader), ElementsAre(Texts{"1", "sku", "", "name"}, third));
      },
      shared, forms, false);
}

TEST(Sheet, needs_no_references) {
  SheetReader reader(shared, forms, false);
  ASSERT_TRUE(
      reader.feed("<worksheet><sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row><c t=\"s\"><v>1</v></c></row>"
                  "</sheetData></worksheet>",
                  true));
  EXPECT_THAT(rows_of(reader), ElementsAre(Texts{"1", "1", "2"}, Texts{"2", "Red"}));
}

TEST(Sheet, names_the_cells_that_cant_be_used) {
  SheetReader reader(shared, forms, false, {.row_bytes_max = 20, .fields_max = 3});
  ASSERT_TRUE(
      reader.feed("<sheetData><row><c t=\"e\"><v>#N/A</v></c></row><row><c t=\"s\"><v>99</v></c></row><row><c "
                  "r=\"D1\"><v>1</v></c></row>"
                  "<row><c t=\"str\"><v>more than twenty bytes</v></c></row><row><c><v>7</v></c></row></sheetData>",
                  true));
  const auto rows = rows_of(reader);
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_THAT(rows[0][1], HasSubstr("#N/A"));
  EXPECT_THAT(rows[1][1], HasSubstr("does not have"));
  EXPECT_THAT(rows[2][1], HasSubstr("more than 3 fields"));
  EXPECT_THAT(rows[3][1], HasSubstr("longer than 20 bytes"));
  EXPECT_EQ(rows[4], (Texts{"5", "7"}));
}

}  // namespace
}  // namespace pim::exchange
