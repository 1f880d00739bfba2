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

TEST(JsonReader, takes_so_many_levels_and_no_more) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(read(nested(depth_max)));
  const auto deep = read(nested(depth_max + 1));
  ASSERT_FALSE(deep);
  EXPECT_TRUE(deep.error().message.contains("deeper"));
  EXPECT_FALSE(read(nested(100'000)));
}

}  // namespace
}  // namespace pim::json
