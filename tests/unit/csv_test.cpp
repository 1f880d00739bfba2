#include "exchange/csv.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pim::exchange {
namespace {

struct RowRead {
  std::int64_t line;
  std::vector<std::string> fields;
  std::string trouble;

  friend bool operator==(const RowRead&, const RowRead&) = default;
};

void drain(CsvReader& reader, std::vector<RowRead>& rows) {
  while (const CsvRow* row = reader.next()) {
    rows.push_back({row->line, {row->fields.begin(), row->fields.end()}, row->trouble});
  }
}

// What a reader makes of the pieces.
std::vector<RowRead> read(const std::vector<std::string_view>& pieces, CsvReader reader = CsvReader{}) {
  std::vector<RowRead> rows;
  for (const std::string_view piece : pieces) {
    reader.feed(piece);
    drain(reader, rows);
  }
  reader.finish();
  drain(reader, rows);
  return rows;
}

std::vector<std::vector<std::string>> fields_of(std::string_view text) {
  std::vector<std::vector<std::string>> fields;
  for (const RowRead& row : read({text})) {
    EXPECT_EQ(row.trouble, "") << text;
    fields.push_back(row.fields);
  }
  return fields;
}

using Records = std::vector<std::vector<std::string>>;

TEST(Csv, separates_fields_and_rows) {
  const Records expected{{"a", "b"}, {"1", ""}, {"", "2"}};
  for (const char* text : {"a,b\n1,\n,2\n", "a,b\r\n1,\r\n,2\r\n", "a,b\r1,\r,2\r", "a,b\n1,\n,2"}) {
    EXPECT_EQ(fields_of(text), expected) << text;
  }
}

TEST(Csv, takes_quoted_fields_as_they_are) {
  EXPECT_EQ(fields_of("\"a,\"\"b\"\"\nc\",d\n"), (Records{{"a,\"b\"\nc", "d"}}));
  EXPECT_EQ(fields_of("\"\",x\n"), (Records{{"", "x"}}));
  EXPECT_EQ(fields_of("in\"side,x\n"), (Records{{"in\"side", "x"}})) << "a quote within a plain field is text";
}

TEST(Csv, skips_a_byte_order_mark_and_empty_lines) {
  EXPECT_EQ(fields_of("\xEF\xBB\xBF"
                      "a,b\n\n\r\n1,2\n\n"),
            (Records{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(fields_of("\"\"\n"), (Records{{""}})) << "a row of one quoted empty field is a row";
  EXPECT_TRUE(fields_of("").empty());
  EXPECT_TRUE(fields_of("\xEF\xBB\xBF").empty());
}

TEST(Csv, knows_the_line_that_a_row_begins_in) {
  const auto rows = read({"a,b\n\"1\n2\r\n3\",x\n\ny,z\n"});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].line, 1);
  EXPECT_EQ(rows[1].line, 2);
  EXPECT_EQ(rows[2].line, 6);
}

TEST(Csv, counts_lines_behind_a_lone_cr) {
  const auto rows = read({"a,b\n\"x\ry\",1\nz,2\n"});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[2].line, 4);
}

TEST(Csv, reads_on_behind_a_row_that_cant_be_used) {
  struct Bad {
    std::string_view row, words;
  };
  const std::string zero("x\0y,1", 5);
  for (const Bad& bad : {Bad{"\"a\"b,1", "closing quote"}, Bad{"1", "1 fields"}, Bad{"1,2,3", "3 fields"},
                         Bad{"\xC3(,1", "UTF-8"}, Bad{zero, "NUL"}}) {
    const std::string text = "a,b\n" + std::string(bad.row) + "\nc,d\n";
    const auto rows = read({text});
    ASSERT_EQ(rows.size(), 3U) << bad.words;
    EXPECT_TRUE(rows[1].trouble.contains(bad.words)) << rows[1].trouble;
    EXPECT_EQ(rows[2], (RowRead{3, {"c", "d"}, ""})) << bad.words;
  }
}

TEST(Csv, counts_lines_within_a_row_that_cant_be_used) {
  const auto rows = read({"a,b\n\"x\ny\"z,1\n\"1\n2\",\"3\r\n4\",5\nlast,1\n"});
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_NE(rows[1].trouble, "");
  EXPECT_EQ(rows[2].line, 4);
  EXPECT_EQ(rows[3].line, 7);
}

// What a person is told: the row as a whole, or one field of it, counted from 0.
TEST(Csv, names_the_field_that_the_trouble_is_about) {
  struct Bad {
    std::string_view row;
    std::size_t field;
  };
  const std::string zero("1,x\0y", 5);
  for (const Bad& bad : {Bad{"1,\"a\"b", 1}, Bad{"\"a\" ,1", 0}, Bad{"1,\"a", 1}, Bad{zero, 1}, Bad{"1,\xFF", 1},
                         Bad{"1,2,3", CsvRow::no_field}, Bad{"1", CsvRow::no_field}}) {
    CsvReader reader;
    const std::string text = "a,b\n" + std::string(bad.row);
    reader.feed(text);
    reader.finish();
    ASSERT_NE(reader.next(), nullptr);
    const CsvRow* row = reader.next();
    ASSERT_NE(row, nullptr) << bad.row;
    EXPECT_NE(row->trouble, "") << bad.row;
    EXPECT_EQ(row->trouble_field, bad.field) << bad.row;
    EXPECT_EQ(reader.next(), nullptr) << bad.row;
  }
}

TEST(Csv, takes_characters_of_all_sizes_and_no_forms_that_are_not_utf8) {
  for (const char* good : {"\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(read({"a\n", good}).back().trouble, "") << good;
  }
  for (const char* bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3\xC3\xA4", "\xE0\x9F\xBF", "\xE2\x82", "\xE2\x82x", "\xED\xA0\x80",
        "\xF0\x8F\xBF\xBF", "\xF0\x9F\x98", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xE4"}) {
    EXPECT_TRUE(read({"a\n", bad}).back().trouble.contains("UTF-8")) << bad;
  }
}

TEST(Csv, does_not_join_half_characters_of_two_fields) {
  const auto rows = read({"a,b\n\xC3,\xA4\n"});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_TRUE(rows[1].trouble.contains("UTF-8"));
}

TEST(Csv, skips_one_mark_only_and_only_at_the_beginning) {
  const std::string_view mark = "\xEF\xBB\xBF";
  EXPECT_EQ(read({mark.substr(0, 1), mark.substr(1, 1), mark.substr(2), "a\n"}), read({"a\n"}));
  const std::string twice = std::string(mark) + std::string(mark) + "a\n" + std::string(mark) + "b\n";
  EXPECT_EQ(fields_of(twice), (Records{{"\xEF\xBB\xBF"
                                        "a"},
                                       {"\xEF\xBB\xBF"
                                        "b"}}));
  EXPECT_EQ(fields_of("\xEF\xBC\x81,b\n"), (Records{{"\xEF\xBC\x81", "b"}})) << "what begins like a mark";
  for (const std::string_view half : {mark.substr(0, 1), mark.substr(0, 2)}) {
    const auto rows = read({half});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].fields, std::vector{std::string(half)});
    EXPECT_TRUE(rows[0].trouble.contains("UTF-8"));
  }
  EXPECT_EQ(fields_of(std::string(mark) + "\"a,b\",c\n"), (Records{{"a,b", "c"}})) << "a quote behind it still quotes";
}

TEST(Csv, says_that_a_quote_is_never_closed) {
  const auto rows = read({"a,b\n\"1,2\n3,4\n"});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_TRUE(rows[1].trouble.contains("never closed")) << rows[1].trouble;
  EXPECT_EQ(rows[1].line, 2);
}

TEST(Csv, holds_no_more_of_a_row_than_its_limit) {
  const CsvReader limited(',', {.row_bytes_max = 10, .fields_max = 3});
  const std::string text = "a,b\n" + std::string(1'000'000, 'x') + ",1\nc,d\n1,2,3,4\ne,f\n";
  const auto rows = read({text}, limited);
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_TRUE(rows[1].trouble.contains("longer than 10 bytes"));
  EXPECT_EQ(rows[2].fields, (std::vector<std::string>{"c", "d"}));
  EXPECT_TRUE(rows[3].trouble.contains("more than 3 fields"));
  EXPECT_EQ(rows[4].fields, (std::vector<std::string>{"e", "f"}));
}

TEST(Csv, takes_a_row_at_its_limit) {
  const CsvReader limited(',', {.row_bytes_max = 4, .fields_max = 2});
  const auto rows = read({"a,b\n12,34\n12,345\n\"1\n\",\"\"\"\"\n\"1\n234\",\"\n\"\n5,6\n"}, limited);
  ASSERT_EQ(rows.size(), 6U);
  EXPECT_EQ(rows[1], (RowRead{2, {"12", "34"}, ""}));
  EXPECT_TRUE(rows[2].trouble.contains("longer than 4 bytes")) << rows[2].trouble;
  EXPECT_EQ(rows[3], (RowRead{4, {"1\n", "\""}, ""})) << "quotes and separators are not counted";
  EXPECT_TRUE(rows[4].trouble.contains("longer than 4 bytes")) << rows[4].trouble;
  EXPECT_EQ(rows[5], (RowRead{9, {"5", "6"}, ""})) << "a quoted line end ends no row, though the row is not kept";
}

TEST(Csv, gives_no_row_twice_after_the_end) {
  CsvReader reader;
  EXPECT_EQ(reader.next(), nullptr);
  reader.feed("a\nb");
  ASSERT_NE(reader.next(), nullptr);
  EXPECT_EQ(reader.next(), nullptr) << "b may go on";
  reader.feed("");
  EXPECT_EQ(reader.next(), nullptr);
  reader.finish();
  const CsvRow* last = reader.next();
  ASSERT_NE(last, nullptr);
  EXPECT_EQ(last->fields, std::vector<std::string_view>{"b"});
  EXPECT_EQ(reader.next(), nullptr);
  EXPECT_EQ(reader.next(), nullptr);
}

TEST(Csv, reads_the_same_wherever_the_pieces_are_cut) {
  const std::string_view text =
      "\xEF\xBB\xBF"
      "sku,name\r\n\"S\"\"1\",\"two\r\nlines\"\rx\"y,z\n\n\"bad\"q,1\r\nlast,\"open";
  const auto whole = read({text});
  EXPECT_EQ(whole.size(), 5U);
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      ASSERT_EQ(read({text.substr(0, first), text.substr(first, second - first), text.substr(second)}), whole)
          << first << " " << second;
    }
  }
}

// Documents of nothing but the bytes that mean something, cut in two anywhere.
RC_GTEST_PROP(Csv, reads_the_same_from_two_pieces_as_from_one, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::element('a', ',', '"', '"', '\n', '\r', '\0', '\xEF', '\xBB', '\xBF', '\xC3'));
  const CsvReader limited(',', {.row_bytes_max = 6, .fields_max = 3});
  const auto whole = read({text}, limited);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const std::string_view view = text;
    RC_ASSERT(read({view.substr(0, cut), view.substr(cut)}, limited) == whole);
  }
}

RC_GTEST_PROP(Csv, reads_what_was_written, ()) {
  const auto width = *rc::gen::inRange<std::size_t>(1, 5);
  const auto field = rc::gen::container<std::string>(rc::gen::element('a', ',', ';', '"', '\n', '\r', ' ', '\xC3'));
  auto rows = *rc::gen::container<Records>(rc::gen::container<std::vector<std::string>>(width, field));
  const char separator = *rc::gen::element(',', ';', '\t');
  std::string text;
  for (auto& row : rows) {
    for (std::string& each : row) {  // a whole letter, not half of one
      for (std::size_t at = 0; (at = each.find('\xC3', at)) != std::string::npos; at += 2) each.insert(at + 1, "\xA4");
    }
    append_csv_row(text, std::vector<std::string_view>(row.begin(), row.end()), separator);
  }
  Records read_back;
  for (const RowRead& row : read({text}, CsvReader(separator))) {
    RC_ASSERT(row.trouble.empty());
    read_back.push_back(row.fields);
  }
  RC_ASSERT(read_back == rows);
}

RC_GTEST_PROP(Csv, survives_any_bytes, (const std::string& bytes)) {
  const auto rows = read({bytes});
  RC_ASSERT(rows.size() <= bytes.size());
}

TEST(Csv, finds_the_separator_in_the_first_line) {
  EXPECT_EQ(sniff_separator("\n\r\na;b\n1;2\n"), ';') << "empty lines are no first line";
  EXPECT_EQ(sniff_separator("sku;5\" wide;name\n,,,,,,\n"), ';') << "a quote within a plain field is text";
  EXPECT_EQ(sniff_separator("a,b,c\n;;;;\n"), ',');
  EXPECT_EQ(sniff_separator("a;b;c,d\n"), ';');
  EXPECT_EQ(sniff_separator("a\tb\r\n,,,,"), '\t');
  EXPECT_EQ(sniff_separator("\"a,b,c\";d\n"), ';') << "what is quoted does not count";
  EXPECT_EQ(sniff_separator("one"), ',');
  EXPECT_EQ(sniff_separator(""), ',');
  EXPECT_EQ(sniff_separator("\"a\n,,,\";b\n,,,,"), ';') << "a quoted line end does not end the line";
  EXPECT_EQ(sniff_separator("a;b\r,,,,"), ';');
  EXPECT_EQ(sniff_separator("\"a\"\",,,\"\"\";b;c\n"), ';') << "nor do doubled quotes end what is quoted";
}

TEST(Csv, writes_no_quotes_where_none_are_needed) {
  const auto written = [](std::vector<std::string_view> fields, char separator = ',') {
    std::string text;
    append_csv_row(text, fields, separator);
    return text;
  };
  EXPECT_EQ(written({"a b", "", "c;d", "'e'"}), "a b,,c;d,'e'\n");
  EXPECT_EQ(written({"c;d", "a,b"}, ';'), "\"c;d\";a,b\n");
  EXPECT_EQ(written({"a\"b", "c\nd", "e\rf"}), "\"a\"\"b\",\"c\nd\",\"e\rf\"\n");
  EXPECT_EQ(written({""}), "\"\"\n") << "else it would be an empty line";
}

}  // namespace
}  // namespace pim::exchange
