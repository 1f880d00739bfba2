#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/json/parse.hpp>
#include <limits>

#include "json/reader.hpp"
#include "json/writer.hpp"

namespace pim::json {
namespace {

TEST(JsonWriter, writes_what_a_reader_reads) {
  std::string out;
  {
    Object object{out};
    object.add("text", "a\"b\\c\n\x01/\xC3\xA4").add("number", std::int64_t{-7}).add("flag", true);
    object.add("null", std::nullopt).add("absent", std::optional<int>{}).add("present", std::optional{3});
    object.add("list", std::vector<std::string>{"x", "y"}).add_raw("raw", "[1]").add_members("\"a\":1,\"b\":2");
    {
      object.array("objects").object().add("id", 1);
    }
    {
      object.object("inner").add("id", std::numeric_limits<std::int64_t>::min());
    }
  }
  const auto value = boost::json::parse(out).as_object();
  EXPECT_EQ(value.at("text").as_string(), "a\"b\\c\n\x01/\xC3\xA4");
  EXPECT_EQ(value.at("number").as_int64(), -7);
  EXPECT_TRUE(value.at("null").is_null() && value.at("absent").is_null());
  EXPECT_EQ(value.at("present").as_int64(), 3);
  EXPECT_EQ(value.at("list"), (boost::json::array{"x", "y"}));
  EXPECT_EQ(value.at("raw"), (boost::json::array{1}));
  EXPECT_EQ(value.at("b").as_int64(), 2);
  EXPECT_EQ(value.at("objects").as_array()[0].at("id").as_int64(), 1);
  EXPECT_EQ(value.at("inner").at("id").as_int64(), std::numeric_limits<std::int64_t>::min());
}

TEST(JsonWriter, writes_times_in_utc_with_milliseconds) {
  std::string out;
  append_time(out, std::chrono::sys_days{std::chrono::year{2026} / 3 / 9} + std::chrono::microseconds{3'723'004'999});
  EXPECT_EQ(out, "\"2026-03-09T01:02:03.004Z\"");
}

TEST(JsonWriter, writes_times_before_1970_and_at_the_ends_of_a_day) {
  const auto written = [](std::chrono::sys_time<std::chrono::microseconds> time) {
    std::string out;
    append(out, time);
    return out;
  };
  using std::chrono::microseconds;
  EXPECT_EQ(written({}), "\"1970-01-01T00:00:00.000Z\"");
  EXPECT_EQ(written(std::chrono::sys_time{microseconds{-1}}), "\"1969-12-31T23:59:59.999Z\"");
  const std::chrono::sys_days leap{std::chrono::year{2024} / 2 / 29};
  EXPECT_EQ(written(leap + std::chrono::days{1} - microseconds{1}), "\"2024-02-29T23:59:59.999Z\"");
  EXPECT_EQ(written(leap + std::chrono::days{1}), "\"2024-03-01T00:00:00.000Z\"");
  EXPECT_EQ(written(std::chrono::sys_days{std::chrono::year{33} / 1 / 1}), "\"0033-01-01T00:00:00.000Z\"");
}

TEST(JsonWriter, escapes_what_json_wants_escaped_and_nothing_else) {
  const auto written = [](std::string_view text) {
    std::string out;
    append(out, text);
    return out;
  };
  EXPECT_EQ(written(""), "\"\"");
  EXPECT_EQ(written("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
  EXPECT_EQ(written(std::string_view("\0\x1F\v", 3)), R"("\u0000\u001f\u000b")");
  EXPECT_EQ(written("/'<>&\x7F"), "\"/'<>&\x7F\"");
  for (const char* text : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEF\xBF\xBF", "\xF0\x90\x80\x80",
                           "\xF4\x8F\xBF\xBF", "a\xC3\xA4z"}) {
    EXPECT_EQ(written(text), '"' + std::string(text) + '"');
  }
}

// One replacement for each byte that is no character, and what stands around it is kept.
TEST(JsonWriter, replaces_each_byte_that_is_not_utf8) {
  const std::string replaced = "\xEF\xBF\xBD";
  struct Case {
    std::string_view bytes;
    std::size_t replacements;
  };
  for (const Case& each : {Case{"\x80", 1}, Case{"\xC3", 1}, Case{"\xC0\x80", 2}, Case{"\xE2\x82", 2},
                           Case{"\xE0\x9F\xBF", 3}, Case{"\xED\xA0\x80", 3}, Case{"\xF0\x8F\xBF\xBF", 4},
                           Case{"\xF4\x90\x80\x80", 4}, Case{"\xFE", 1}, Case{"\xF0\x9F\x98", 3}}) {
    std::string expected = "\"a";
    for (std::size_t i = 0; i < each.replacements; ++i) expected += replaced;
    std::string out;
    append_string(out, "a" + std::string(each.bytes) + "\n");
    EXPECT_EQ(out, expected + "\\n\"");
  }
  std::string out;
  append_string(out, "\xC3\xC3\xA4");
  EXPECT_EQ(out, '"' + replaced + "\xC3\xA4\"") << "a character behind half of one is read";
}

TEST(JsonWriter, writes_whole_numbers_to_their_limits) {
  std::string out;
  {
    Array array{out};
    array.add(std::numeric_limits<std::int64_t>::min()).add(std::numeric_limits<std::int64_t>::max());
    array.add(std::numeric_limits<std::uint64_t>::max()).add(std::int16_t{-1}).add(0).add(false);
  }
  EXPECT_EQ(out, "[-9223372036854775808,9223372036854775807,18446744073709551615,-1,0,false]");
}

TEST(JsonWriter, separates_members_wherever_they_come_from) {
  std::string out = "before ";
  {
    Object object{out};
    object.add_members("").add_members("\"a\":1").add_members("").add_raw("b", "{}");
    {
      auto empty = object.array("c");
    }
    {
      auto empty = object.object("d");
    }
    object.add("e", std::vector<int>{}).add("f", std::vector<std::optional<std::string>>{"x", std::nullopt});
    object.close();
    object.close();
  }
  EXPECT_EQ(out, R"(before {"a":1,"b":{},"c":[],"d":{},"e":[],"f":["x",null]})");
  out.clear();
  {
    Object object{out};
  }
  EXPECT_EQ(out, "{}");
}

// Whatever bytes come, the answer is valid; and a text that is UTF-8 comes back as it was.
RC_GTEST_PROP(JsonWriter, is_always_valid, (const std::string& bytes)) {
  std::string out;
  append_string(out, bytes);
  boost::system::error_code error;
  const auto value = boost::json::parse(out, error);
  RC_ASSERT(!error);
  std::string again;
  append_string(again, value.as_string());
  RC_ASSERT(again == out);
}

RC_GTEST_PROP(JsonWriter, gives_back_every_text, (const std::vector<std::uint16_t>& units)) {
  std::string text;  // of characters of one to three bytes, the surrogates left out
  for (const unsigned unit : units) {
    if (unit < 0x80) {
      text += static_cast<char>(unit);
    } else if (unit < 0x800) {
      text += {static_cast<char>(0xC0 | unit >> 6), static_cast<char>(0x80 | (unit & 0x3F))};
    } else if (unit < 0xD800 || unit > 0xDFFF) {
      text += {static_cast<char>(0xE0 | unit >> 12), static_cast<char>(0x80 | (unit >> 6 & 0x3F)),
               static_cast<char>(0x80 | (unit & 0x3F))};
    }
  }
  std::string out;
  {
    Array array{out};
    array.add(text).add(std::optional{text});
  }
  const auto value = boost::json::parse(out);
  RC_ASSERT(value.at(0).as_string() == text);
  RC_ASSERT(value.at(1).as_string() == text);
}

TEST(JsonWriter, puts_a_replacement_where_bytes_are_no_utf8) {
  std::string out;
  append_string(out,
                "a\xFF"
                "b\xC3");
  EXPECT_TRUE(out.contains("\xEF\xBF\xBD") || out.contains("\\ufffd")) << out;
  EXPECT_EQ(boost::json::parse(out).as_string().find('b') != std::string::npos, true);
}

TEST(JsonReader, says_where_it_can_not_read) {
  EXPECT_EQ(read("{\"a\":1}")->at("a").as_int64(), 1);
  for (const char* text : {"{\"a\":}", "{a:1}", "[1,]", "{} x", "nul", "\"\xFF\"", "'x'"}) {
    const auto value = read(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().status, 400) << text;
    EXPECT_EQ(value.error().code, "json") << text;
  }
  EXPECT_TRUE(read("{\"a\":}").error().message.contains("position 5")) << read("{\"a\":}").error().message;
  EXPECT_TRUE(read("{\"a\":1").error().message.contains("end of JSON"));
  EXPECT_FALSE(read(""));
}

TEST(JsonReader, takes_every_kind_of_value_alone) {
  EXPECT_EQ(*read(" 1 "), boost::json::value(1));
  EXPECT_EQ(*read("\t\r\n-7\n"), boost::json::value(-7));
  EXPECT_EQ(*read("123"), boost::json::value(123)) << "where no white space ends the number";
  EXPECT_TRUE(read("null")->is_null());
  EXPECT_TRUE(read("false")->is_bool());
  EXPECT_TRUE(read("1.0")->is_double());
  EXPECT_EQ(read("18446744073709551615")->as_uint64(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(read("-9223372036854775808")->as_int64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(read(R"("\ud83d\ude00\u0000\/")")->as_string(), std::string_view("\xF0\x9F\x98\x80\0/", 6));
}

TEST(JsonReader, takes_json_and_no_dialect_of_it) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {"\xEF\xBB\xBF{}"sv,
                                      "{}\0"sv,
                                      "01"sv,
                                      "+1"sv,
                                      ".5"sv,
                                      "1."sv,
                                      "1e"sv,
                                      "-"sv,
                                      "0x1"sv,
                                      "NaN"sv,
                                      "Infinity"sv,
                                      "undefined"sv,
                                      "\"a\nb\""sv,
                                      "\"a\0b\""sv,
                                      R"("\x41")"sv,
                                      R"("\u12")"sv,
                                      R"("\ud800")"sv,
                                      R"("\udc00\ud800")"sv,
                                      "\"\xED\xA0\x80\""sv,
                                      "\"\xC0\x80\""sv,
                                      "{\"a\":1,}"sv,
                                      "{\"a\" 1}"sv,
                                      "{\"a\":1 \"b\":2}"sv,
                                      "{1:2}"sv,
                                      "[1 2]"sv,
                                      "[1}"sv,
                                      "// c\n1"sv,
                                      "/* c */ 1"sv,
                                      "{}{}"sv,
                                      "1 2"sv,
                                      "\""sv,
                                      " "sv,
                                      "\v1"sv,
                                      "\xC2\xA0"
                                      "1"sv}) {
    EXPECT_FALSE(read(text)) << text;
  }
}

// No text that is cut anywhere is taken for a whole one, and each gives a Problem that a person can use.
TEST(JsonReader, takes_no_part_of_a_text_for_the_whole) {
  const std::string_view text = R"({"a":[1,{"b":"\u00e4\\"}],"c":true,"d":null,"e":-1.5e+3})";
  ASSERT_TRUE(read(text));
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto value = read(text.substr(0, size));
    ASSERT_FALSE(value) << size;
    EXPECT_EQ(value.error().status, 400) << size;
    EXPECT_TRUE(value.error().message.contains("end of JSON")) << size << value.error().message;
  }
}

RC_GTEST_PROP(JsonReader, survives_any_bytes, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::element('{', '}', '[', ']', '"', '\\', 'u', 'd', '8', '0',
                                                                      ':', ',', '1', 'e', '-', '.', '\0', '\xC3', ' '));
  boost::system::error_code error;
  boost::json::parse(text, error);
  if (const auto value = read(text)) {
    RC_ASSERT(!error);
  } else {
    RC_ASSERT(value.error().status == 400);
  }
}

TEST(JsonReader, takes_so_many_levels_and_no_more) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(read(nested(depth_max)));
  const auto deep = read(nested(depth_max + 1));
  ASSERT_FALSE(deep);
  EXPECT_TRUE(deep.error().message.contains("deeper"));
  EXPECT_FALSE(read(nested(100'000)));
  const auto objects = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "{\"a\":";
    return text + "1" + std::string(depth, '}');
  };
  EXPECT_TRUE(read(objects(depth_max)));
  EXPECT_FALSE(read(objects(depth_max + 1)));
  EXPECT_TRUE(read("[" + nested(depth_max - 1) + "," + nested(depth_max - 1) + "]")) << "one beside the other";
}

}  // namespace
}  // namespace pim::json
