#include "exchange/csv.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pim::exchange {
namespace {

struct Row {
  std::int64_t line;
  std::vector<std::string> fields;
  std::string trouble;

  friend bool operator==(const Row&, const Row&) = default;
};

void drain(CsvReader& reader, std::vector<Row>& rows) {
  while (const CsvRow* row = reader.next()) {
    rows.push_back({row->line, {row->fields.begin(), row->fields.end()}, row->trouble});
  }
}

// What a reader makes of the pieces.
std::vector<Row> read(const std::vector<std::string_view>& pieces, CsvReader reader = CsvReader{}) {
  std::vector<Row> rows;
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
  for (const Row& row : read({text})) {
    EXPECT_EQ(row.trouble, "") << text;
    fields.push_back(row.fields);
  }
  return fields;
}

using Fields = std::vector<std::vector<std::string>>;

TEST(Csv, separates_fields_and_rows) {
  const Fields expected{{"a", "b"}, {"1", ""}, {"", "2"}};
  for (const char* text : {"a,b\n1,\n,2\n", "a,b\r\n1,\r\n,2\r\n", "a,b\r1,\r,2\r", "a,b\n1,\n,2"}) {
    EXPECT_EQ(fields_of(text), expected) << text;
  }
}

TEST(Csv, takes_quoted_fields_as_they_are) {
  EXPECT_EQ(fields_of("\"a,\"\"b\"\"\nc\",d\n"), (Fields{{"a,\"b\"\nc", "d"}}));
  EXPECT_EQ(fields_of("\"\",x\n"), (Fields{{"", "x"}}));
  EXPECT_EQ(fields_of("in\"side,x\n"), (Fields{{"in\"side", "x"}})) << "a quote within a plain field is text";
}

TEST(Csv, skips_a_byte_order_mark_and_empty_lines) {
  EXPECT_EQ(fields_of("\xEF\xBB\xBF"
                      "a,b\n\n\r\n1,2\n\n"),
            (Fields{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(fields_of("\"\"\n"), (Fields{{""}})) << "a row of one quoted empty field is a row";
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
    EXPECT_EQ(rows[2], (Row{3, {"c", "d"}, ""})) << bad.words;
  }
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

RC_GTEST_PROP(Csv, reads_what_was_written, ()) {
  const auto width = *rc::gen::inRange<std::size_t>(1, 5);
  const auto field = rc::gen::container<std::string>(rc::gen::element('a', ',', ';', '"', '\n', '\r', ' ', '\xC3'));
  auto rows = *rc::gen::container<Fields>(rc::gen::container<std::vector<std::string>>(width, field));
  const char separator = *rc::gen::element(',', ';', '\t');
  std::string text;
  for (auto& row : rows) {
    for (std::string& each : row) {  // a whole letter, not half of one
      for (std::size_t at = 0; (at = each.find('\xC3', at)) != std::string::npos; at += 2) each.insert(at + 1, "\xA4");
    }
    append_csv_row(text, std::vector<std::string_view>(row.begin(), row.end()), separator);
  }
  Fields read_back;
  for (const Row& row : read({text}, CsvReader(separator))) {
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
  EXPECT_EQ(sniff_separator("a,b,c\n;;;;\n"), ',');
  EXPECT_EQ(sniff_separator("a;b;c,d\n"), ';');
  EXPECT_EQ(sniff_separator("a\tb\r\n,,,,"), '\t');
  EXPECT_EQ(sniff_separator("\"a,b,c\";d\n"), ';') << "what is quoted does not count";
  EXPECT_EQ(sniff_separator("one"), ',');
}

}  // namespace
}  // namespace pim::exchange
