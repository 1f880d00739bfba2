#include <gtest/gtest.h>

#include <random>

#include "pg/codec.hpp"
#include "pg/statement.hpp"

namespace pim::pg {
namespace {

using namespace std::string_view_literals;

struct Link {
  std::int32_t id;
  std::optional<std::string_view> name;
};
BOOST_DESCRIBE_STRUCT(Link, (), (id, name))

Field field(std::string_view bytes) { return {bytes.data(), static_cast<std::int32_t>(bytes.size())}; }
template <class T>
T decoded(std::string_view bytes) {
  return decode<T>(field(bytes));
}

TEST(PgCodec, reads_what_postgresql_sends) {
  EXPECT_EQ(decoded<std::int32_t>("\x00\x00\x01\x02"sv), 258);
  EXPECT_EQ(decoded<std::int32_t>("\xff\xff\xff\xff"sv), -1);
  EXPECT_EQ(decoded<std::int64_t>("\x80\0\0\0\0\0\0\0"sv), std::numeric_limits<std::int64_t>::min());
  EXPECT_TRUE(decoded<bool>("\x01"sv));
  EXPECT_FALSE(decoded<bool>("\x00"sv));
  EXPECT_EQ(decoded<std::string_view>("a\0b"sv), "a\0b"sv);
  EXPECT_EQ(decoded<std::optional<std::int32_t>>("\0\0\0\x07"sv), 7);
  EXPECT_EQ(decode<std::optional<std::int32_t>>(Field{}), std::nullopt);
}

TEST(PgCodec, counts_time_from_the_year_2000) {
  using namespace std::chrono;
  EXPECT_EQ(decoded<Timestamp>("\0\0\0\0\0\0\0\0"sv), sys_days{2000y / 1 / 1});
  EXPECT_EQ(decoded<Timestamp>("\xff\xff\xff\xff\xff\xff\xff\xff"sv), sys_days{2000y / 1 / 1} - 1us);
  const Timestamp late = sys_days{2026y / 11 / 24} + 8h + 123ms;
  EXPECT_EQ(Timestamp{Codec<Timestamp>::epoch + microseconds{Codec<Timestamp>::encode(late)}}, late);
}

TEST(PgCodec, reads_records_and_arrays_of_them) {
  const auto record = "\0\0\0\x02\0\0\0\x17\0\0\0\x04\0\0\0\x07\0\0\0\x19\0\0\0\x02oh"sv;
  EXPECT_EQ(decoded<Link>(record).id, 7);
  EXPECT_EQ(decoded<Link>(record).name, "oh");
  EXPECT_EQ(decoded<Link>("\0\0\0\x02\0\0\0\x17\0\0\0\x04\0\0\0\x07\0\0\0\x19\xff\xff\xff\xff"sv).name, std::nullopt);

  std::string array("\0\0\0\x01\0\0\0\0\0\0\x08\xc9\0\0\0\x02\0\0\0\x01"sv);
  for (int i = 0; i < 2; ++i) array.append("\0\0\0\x1a"sv).append(record);
  const auto links = decoded<std::vector<Link>>(array);
  ASSERT_EQ(links.size(), 2U);
  EXPECT_EQ(links[1].id, 7);
}

TEST(PgCodec, reads_an_array_that_is_null_or_empty_as_empty) {
  EXPECT_TRUE(decode<std::vector<std::string_view>>(Field{}).empty());
  EXPECT_TRUE(decoded<std::vector<std::string_view>>("\0\0\0\0\0\0\0\0\0\0\0\x19"sv).empty());
}

TEST(PgCodec, refuses_what_does_not_fit_the_type) {
  EXPECT_THROW(decode<std::int32_t>(Field{}), DecodeError);
  EXPECT_THROW(decode<std::string_view>(Field{}), DecodeError);
  EXPECT_THROW(decode<Link>(Field{}), DecodeError);
  EXPECT_THROW(decoded<std::int32_t>("\0\0\0\0\0\0\0\x07"sv), DecodeError);
  EXPECT_THROW(decoded<std::int64_t>("\0\0\0\x07"sv), DecodeError);
  EXPECT_THROW(decoded<Link>("\0\0\0\x01\0\0\0\x17\0\0\0\x04\0\0\0\x07"sv), DecodeError);  // one member too few
}

// A value cut at any place is refused, never read past its end.
TEST(PgCodec, refuses_a_value_that_is_cut_short) {
  const auto record = "\0\0\0\x02\0\0\0\x17\0\0\0\x04\0\0\0\x07\0\0\0\x19\0\0\0\x02oh"sv;
  std::string array("\0\0\0\x01\0\0\0\0\0\0\x08\xc9\0\0\0\x01\0\0\0\x01\0\0\0\x1a"sv);
  array += record;
  for (std::size_t size = 0; size < record.size(); ++size) {
    EXPECT_THROW(decoded<Link>(std::string(record.substr(0, size))), DecodeError) << size;
  }
  for (std::size_t size = 0; size < array.size(); ++size) {
    EXPECT_THROW(decoded<std::vector<Link>>(array.substr(0, size)), DecodeError) << size;
  }
}

TEST(PgCodec, survives_any_bytes) {
  std::mt19937 random{3};
  std::string array("\0\0\0\x01\0\0\0\0\0\0\x08\xc9\0\0\0\x01\0\0\0\x01\0\0\0\x1a"sv);
  array += "\0\0\0\x02\0\0\0\x17\0\0\0\x04\0\0\0\x07\0\0\0\x19\0\0\0\x02oh"sv;
  for (int i = 0; i < 100'000; ++i) {
    std::string bytes = array;
    for (int changes = static_cast<int>(random() % 3) + 1; changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    try {
      const auto links = decoded<std::vector<Link>>(bytes);
      for (const Link& link : links) EXPECT_LE(link.name.value_or("").size(), bytes.size());
    } catch (const DecodeError&) {
      continue;
    }
  }
}

TEST(PgParameters, are_binary) {
  const std::optional<std::int32_t> nothing;
  const std::string text = "oh";
  const Parameters parameters(std::int32_t{258}, std::string_view(text), nothing, true);
  const auto view = parameters.view();
  ASSERT_EQ(parameters.count(), 4);
  EXPECT_EQ(std::string_view(view.values[0], 4), "\0\0\x01\x02"sv);
  EXPECT_EQ(std::string_view(view.values[1], 2), "oh");
  EXPECT_EQ(view.values[2], nullptr);
  EXPECT_EQ(std::string_view(view.values[3], 1), "\x01");
  EXPECT_EQ(view.formats, (std::vector<int>{1, 1, 1, 1}));
}

// An empty text is not NULL, wherever it stands.
TEST(PgParameters, tell_an_empty_text_from_null) {
  const auto view = Parameters(std::string_view{}, std::optional<std::string_view>{}).view();
  EXPECT_NE(view.values[0], nullptr);
  EXPECT_EQ(view.lengths[0], 0);
  EXPECT_EQ(view.values[1], nullptr);
}

TEST(PgStatement, names_columns_as_the_database_does) {
  EXPECT_EQ(column_name("id"), "id");
  EXPECT_EQ(column_name("parent_product_id"), "parentProductId");
  const auto columns = columns_of<Link>();
  ASSERT_EQ(columns.size(), 2U);
  EXPECT_EQ(columns[0].type, oid::int4);
  EXPECT_EQ(columns[1].type, oid::text);
}

}  // namespace
}  // namespace pim::pg
