// The blocking connection against a real PostgreSQL.
#include "pg/blocking.hpp"

#include <gtest/gtest.h>

#include "test_cluster.hpp"

namespace pim::pg {
namespace {

class BlockingTest : public testing::Test {
 protected:
  BlockingTest() : url(test::fresh_database()), db(Blocking::connect(url).value()) {
    db.script(R"(CREATE TABLE "Thing" (id int PRIMARY KEY, name text CHECK (name <> 'bad')))").value();
  }
  std::int64_t things() { return db.query(R"(SELECT count(*) FROM "Thing")")->number(0, 0); }

  std::string url;
  Blocking db;
};

TEST_F(BlockingTest, gives_rows_as_texts) {
  const auto rows = db.query("SELECT $1::int + 1, $2::text, $3::text, $4::text", {"41", "", std::nullopt, "Größe"});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1);
  EXPECT_EQ(rows->number(0, 0), 42);
  EXPECT_EQ(rows->text(0, 1), "");
  EXPECT_FALSE(rows->is_null(0, 1));
  EXPECT_TRUE(rows->is_null(0, 2));
  EXPECT_EQ(rows->text(0, 3), "Größe");
}

TEST_F(BlockingTest, counts_what_a_statement_touched) {
  EXPECT_EQ(db.query(R"(INSERT INTO "Thing" SELECT generate_series(1, 7), 'x')")->affected(), 7);
  EXPECT_EQ(db.query(R"(DELETE FROM "Thing" WHERE id > $1::int)", {"5"})->affected(), 2);
}

TEST_F(BlockingTest, works_in_utc_and_utf8) {
  EXPECT_EQ(db.query("SHOW TimeZone")->text(0, 0), "UTC");
  EXPECT_EQ(db.query("SHOW client_encoding")->text(0, 0), "UTF8");
  EXPECT_EQ(db.query("SHOW application_name")->text(0, 0), "pixelpim");
}

TEST_F(BlockingTest, takes_settings) {
  auto impatient = Blocking::connect(url, "-c statement_timeout=50");
  ASSERT_TRUE(impatient);
  const auto slow = impatient->query("SELECT pg_sleep(5)");
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().sqlstate, "57014");
  EXPECT_TRUE(impatient->query("SELECT 1"));
}

TEST_F(BlockingTest, says_which_constraint_was_violated_and_goes_on) {
  ASSERT_TRUE(db.query(R"(INSERT INTO "Thing" VALUES (1, 'one'))"));
  const auto twice = db.query(R"(INSERT INTO "Thing" VALUES (1, 'again'))");
  ASSERT_FALSE(twice);
  EXPECT_TRUE(twice.error().is_unique_violation_of("Thing_pkey"));
  EXPECT_EQ(twice.error().table, "Thing");
  EXPECT_FALSE(twice.error().connection_lost);
  EXPECT_EQ(things(), 1);
}

// A zero byte would end the text for libpq: half of it would be kept, and nobody told.
TEST_F(BlockingTest, refuses_a_text_with_a_zero_byte) {
  using namespace std::string_view_literals;
  const auto refused = db.query(R"(INSERT INTO "Thing" VALUES (1, $1::text))", {"half\0lost"sv});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sqlstate, "22021");
  EXPECT_EQ(things(), 0);
}

TEST_F(BlockingTest, runs_a_script_whole_or_not_at_all) {
  EXPECT_FALSE(db.script(R"(INSERT INTO "Thing" VALUES (1, 'a'); INSERT INTO "Thing" VALUES (2, 'bad');)"));
  EXPECT_EQ(things(), 0);
  EXPECT_TRUE(db.script(R"(INSERT INTO "Thing" VALUES (1, 'a'); INSERT INTO "Thing" VALUES (2, 'b');)"));
  EXPECT_EQ(things(), 2);
}

TEST_F(BlockingTest, rolls_back_what_was_not_committed) {
  {
    const auto transaction = Transaction::begin(db);
    ASSERT_TRUE(transaction);
    EXPECT_TRUE(db.in_transaction());
    ASSERT_TRUE(db.script(R"(INSERT INTO "Thing" VALUES (1, 'a'))"));
  }
  EXPECT_FALSE(db.in_transaction());
  EXPECT_EQ(things(), 0);
  auto transaction = Transaction::begin(db);
  ASSERT_TRUE(db.script(R"(INSERT INTO "Thing" VALUES (1, 'a'))"));
  EXPECT_TRUE(transaction->commit());
  EXPECT_FALSE(db.in_transaction());
  EXPECT_EQ(things(), 1);
}

// PostgreSQL answers COMMIT of a failed transaction with success, and rolls back.
TEST_F(BlockingTest, commits_no_transaction_that_failed) {
  auto transaction = Transaction::begin(db);
  ASSERT_TRUE(db.script(R"(INSERT INTO "Thing" VALUES (1, 'a'))"));
  ASSERT_FALSE(db.script("SELECT 1/0"));
  const auto committed = transaction->commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().sqlstate, "25P02");
  EXPECT_FALSE(db.in_transaction());
  EXPECT_EQ(things(), 0);
}

TEST_F(BlockingTest, copies_rows_that_come_in_pieces) {
  ASSERT_TRUE(db.copy_begin(R"(COPY "Thing" FROM STDIN (FORMAT csv))"));
  std::string csv;
  for (int i = 1; i <= 50'000; ++i) csv += std::to_string(i) + ",\"name, of\n" + std::to_string(i) + "\"\n";
  for (std::size_t at = 0; at < csv.size(); at += 4099) {
    ASSERT_TRUE(db.copy_put(std::string_view(csv).substr(at, 4099)));
  }
  EXPECT_EQ(db.copy_end().value(), 50'000);
  EXPECT_EQ(things(), 50'000);
  EXPECT_EQ(db.query(R"(SELECT name FROM "Thing" WHERE id = 50000)")->text(0, 0), "name, of\n50000");
}

TEST_F(BlockingTest, copies_nothing_where_one_row_is_wrong) {
  ASSERT_TRUE(db.copy_begin(R"(COPY "Thing" FROM STDIN (FORMAT csv))"));
  ASSERT_TRUE(db.copy_put("1,fine\n2,bad\n3,fine\n"));
  const auto ended = db.copy_end();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().sqlstate, "23514");
  EXPECT_EQ(things(), 0);
}

TEST_F(BlockingTest, copies_nothing_that_was_given_up) {
  ASSERT_TRUE(db.copy_begin(R"(COPY "Thing" FROM STDIN (FORMAT csv))"));
  ASSERT_TRUE(db.copy_put("1,fine\n"));
  db.copy_fail("the file ends in the middle");
  EXPECT_EQ(things(), 0);
}

TEST_F(BlockingTest, says_that_its_connection_is_lost) {
  auto other = Blocking::connect(url).value();
  const std::string pid = std::to_string(db.backend_pid());
  ASSERT_TRUE(other.query("SELECT pg_terminate_backend($1::int, 5000)", {pid}));
  const auto lost = db.query("SELECT 1");
  ASSERT_FALSE(lost);
  EXPECT_TRUE(lost.error().connection_lost);
  EXPECT_EQ(to_problem(lost.error()).status, 503);
}

TEST(BlockingConnect, fails_with_words_where_no_server_is) {
  const auto none = Blocking::connect("postgresql:///x?host=/nonexistent/folder");
  ASSERT_FALSE(none);
  EXPECT_TRUE(none.error().connection_lost);
  EXPECT_NE(none.error().message.find("/nonexistent/folder"), std::string::npos) << none.error().message;
}

}  // namespace
}  // namespace pim::pg
