// Migrations against a real PostgreSQL: each is applied whole or not at all, by one program at a time, and what
// stands in the way is waited for shortly and named.
#include "ops/migrate/migrate.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>

#include "test_cluster.hpp"

namespace pim::ops::migrate {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Clock = std::chrono::steady_clock;

constexpr Patience impatient{.other_deploy = 300ms, .table_lock = 100ms, .attempts = 3};

// A session of somebody else's, with a name.
pg::Blocking other_session(const std::string& url, const std::string& name) {
  auto session = pg::Blocking::connect(url).value();
  session.script(fmt::format("SET application_name = '{}'", name)).value();
  return session;
}

class MigrateTest : public testing::Test {
 protected:
  MigrateTest() : url(test::fresh_database()), db(pg::Blocking::connect(url).value()) {}

  Result<std::vector<std::string>> deploy(const std::vector<Migration>& wanted, const Patience& patience = impatient) {
    return migrate::deploy(db, wanted, [this](const std::string& text) { told.push_back(text); }, patience);
  }
  bool has_table(const std::string& name) {
    return db.query("SELECT to_regclass($1::text) IS NOT NULL", {name})->text(0, 0) == "t";
  }
  std::vector<State> states(const std::vector<Migration>& wanted) {
    std::vector<State> found;
    const auto entries = status(db, wanted).value();
    for (const Entry& entry : entries) found.push_back(entry.state);
    return found;
  }
  // Advisory locks of this session.
  std::int64_t locks() {
    return db.query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        ->number(0, 0);
  }

  std::string url;
  pg::Blocking db;
  std::vector<std::string> told;
  const Migration one{"1_one", "CREATE TABLE one (id int)"},
      two{"2_two", "CREATE TABLE two (); INSERT INTO one VALUES (1)"};
};

TEST(Migration, has_the_checksum_of_its_text) {
  EXPECT_EQ((Migration{.name = "x", .up = "abc"}).checksum(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ((Migration{.name = "y", .up = "", .down = "more"}).checksum(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Migration, of_the_program_are_in_order_and_each_has_its_way_back) {
  const auto found = migrations().value();
  ASSERT_GE(found.size(), 4U);
  EXPECT_TRUE(std::ranges::is_sorted(found, {}, &Migration::name));
  for (const Migration& migration : found) EXPECT_NE(migration.down, "") << migration.name;
}

TEST(Migration, from_a_folder_that_is_not_there_is_a_problem) {
  const auto found = migrations("/no/such/folder");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("/no/such/folder"));
}

TEST_F(MigrateTest, applies_what_is_pending_once) {
  EXPECT_THAT(deploy({one}).value(), ElementsAre("1_one"));
  EXPECT_THAT(deploy({one, two}).value(), ElementsAre("2_two"));
  EXPECT_THAT(deploy({one, two}).value(), IsEmpty());
  EXPECT_THAT(states({one, two}), ElementsAre(State::applied, State::applied));
  EXPECT_THAT(told, IsEmpty());
  EXPECT_EQ(locks(), 0);
}

TEST_F(MigrateTest, looking_changes_nothing) {
  EXPECT_THAT(states({one, two}), ElementsAre(State::pending, State::pending));
  EXPECT_FALSE(has_table("_pixelpim_migrations"));
}

TEST_F(MigrateTest, applies_all_of_a_migration_or_nothing) {
  const Migration bad{"2_bad", "CREATE TABLE half (); INSERT INTO one VALUES (1); SELECT 1/0; CREATE TABLE rest ()"};
  const auto failed = deploy({one, bad, {"3_three", "CREATE TABLE three ()"}});
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, AllOf(HasSubstr("2_bad"), HasSubstr("22012"), HasSubstr("division by zero")));
  EXPECT_NE(failed.error().remedy, "");
  for (const char* name : {"half", "rest", "three"}) EXPECT_FALSE(has_table(name)) << name;
  EXPECT_EQ(db.query("SELECT count(*) FROM one")->number(0, 0), 0);
  EXPECT_FALSE(db.in_transaction());
  EXPECT_EQ(locks(), 0);

  const auto entries = status(db, {one, bad}).value();
  EXPECT_EQ(entries[0].state, State::applied);
  EXPECT_EQ(entries[1].state, State::failed);
  EXPECT_THAT(entries[1].logs, HasSubstr("division by zero"));
}

TEST_F(MigrateTest, goes_on_after_a_failure_whose_cause_is_gone) {
  ASSERT_FALSE(deploy({{"1_one", "SELECT nonsense"}}));
  EXPECT_THAT(deploy({one, two}).value(), ElementsAre("1_one", "2_two"));
  EXPECT_THAT(told, ElementsAre(AllOf(HasSubstr("1_one failed before"), HasSubstr("nonsense"))));
  EXPECT_EQ(db.query(R"(SELECT count(*) FROM "_pixelpim_migrations")")->number(0, 0), 3);
}

TEST_F(MigrateTest, finds_a_migration_that_was_changed_after_it_was_applied) {
  ASSERT_TRUE(deploy({one}));
  const Migration changed{"1_one", one.up + " "};
  EXPECT_THAT(states({changed}), ElementsAre(State::changed));
  const auto refused = deploy({changed, two});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("1_one"), HasSubstr("changed")));
  EXPECT_FALSE(has_table("two"));
  EXPECT_TRUE(deploy({one, two})) << "as it was, it is fine";
}

TEST_F(MigrateTest, applies_again_what_was_rolled_back) {
  ASSERT_TRUE(deploy({one}));
  ASSERT_TRUE(db.script(R"(DROP TABLE one; UPDATE "_pixelpim_migrations" SET rolled_back_at = now())"));
  EXPECT_THAT(states({one}), ElementsAre(State::pending));
  EXPECT_THAT(deploy({one}).value(), ElementsAre("1_one"));
  EXPECT_THAT(states({one}), ElementsAre(State::applied));
}

TEST_F(MigrateTest, refuses_a_migration_that_ends_the_transaction) {
  for (const char* end : {"COMMIT", "ROLLBACK", "END"}) {
    const Migration bad{fmt::format("1_{}", end), end};
    const auto refused = deploy({bad});
    ASSERT_FALSE(refused) << end;
    EXPECT_THAT(refused.error().message, AllOf(HasSubstr(bad.name), HasSubstr("COMMIT out of the file")));
    EXPECT_THAT(states({bad}), ElementsAre(State::failed));
    EXPECT_FALSE(db.in_transaction());
  }
}

// Whatever stands around it, and where nothing would fail.
TEST_F(MigrateTest, that_ends_the_transaction_leaves_nothing_behind) {
  for (const char* text :
       {"CREATE TABLE half (); COMMIT; CREATE TABLE more ()", "CREATE TABLE half (); COMMIT; BEGIN; SELECT 1/0",
        "CREATE TABLE half (); COMMIT; BEGIN; CREATE TABLE more ()",
        "CREATE TABLE half (); COMMIT AND CHAIN; SELECT 1/0", "CREATE TABLE half (); ROLLBACK; CREATE TABLE more ()",
        "CREATE TABLE half (); DO $$ BEGIN COMMIT; END $$", "COMMIT; BEGIN", "COMMIT AND CHAIN",
        "BEGIN; CREATE TABLE half (); COMMIT"}) {
    const auto refused = deploy({{"1_bad", text}});
    ASSERT_FALSE(refused) << text;
    EXPECT_THAT(refused.error().message, AllOf(HasSubstr("1_bad"), HasSubstr("COMMIT out of the file"))) << text;
    EXPECT_FALSE(has_table("half")) << text;
    EXPECT_FALSE(has_table("more")) << text;
    EXPECT_FALSE(db.in_transaction());
    EXPECT_THAT(states({{"1_bad", text}}), ElementsAre(State::failed));
  }
}

TEST_F(MigrateTest, takes_files_whatever_their_quotes_and_comments) {
  const std::vector<Migration> wanted{
      {"1_quotes",
       "CREATE TABLE m$1 (m text DEFAULT $m$'$m1$ it''s \\ $m$); DO $$ BEGIN INSERT INTO m$1 VALUES "
       "($m2$m$m2$); END $$; INSERT INTO m$1 DEFAULT VALUES"},
      {"2_comment", "-- a word\nALTER TABLE m$1 ADD id int /* m */;\nUPDATE m$1 SET id = 1; -- $m"},
      {"3_dollar", "CREATE FUNCTION seven() RETURNS int LANGUAGE sql AS $m1$ SELECT 7 $m1$"},
      {"4_nothing", ""},
      {"5_comment", "-- nothing"},
      {"6_percent", "CREATE TABLE \"a % {} $1\" (); SELECT 1"}};
  EXPECT_EQ(deploy(wanted).value().size(), wanted.size());
  EXPECT_EQ(db.query("SELECT string_agg(m || id, ';' ORDER BY m) FROM m$1")->text(0, 0), "'$m1$ it''s \\ 1;m1");
  EXPECT_EQ(db.query("SELECT seven()")->number(0, 0), 7);
}

TEST_F(MigrateTest, says_what_postgresql_says_of_the_file_and_no_more) {
  const std::vector<std::pair<const char*, const char*>> mistakes{
      {"SELECT nonsense", "42703 column \"nonsense\" does not exist"},
      {"CREATE TABLE half ();\nCREAT TABLE more ()", "42601 syntax error at or near \"CREAT\""},
      {"SELECT 'open", "42601 unterminated quoted string at or near \"'open\""},
      {"DO $$ BEGIN RAISE EXCEPTION 'no room' USING DETAIL = 'of 7'; END $$", "P0001 no room of 7"},
      {"COPY (SELECT 1) TO STDOUT", "0A000 cannot COPY to/from client"}};
  for (const auto& [text, said] : mistakes) {
    const auto failed = deploy({{"1_bad", text}});
    ASSERT_FALSE(failed) << text;
    EXPECT_THAT(failed.error().message, HasSubstr(fmt::format("1_bad failed and changed nothing: {}", said)));
    EXPECT_THAT(failed.error().message, testing::Not(testing::AnyOf(HasSubstr("EXECUTE"), HasSubstr("DO $"))));
    EXPECT_FALSE(has_table("half"));
  }
}

TEST_F(MigrateTest, leaves_a_database_of_another_program_alone) {
  ASSERT_TRUE(db.script(R"(CREATE TABLE "User" (id int))"));
  const auto refused = deploy({one});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("another program"));
  EXPECT_FALSE(has_table("_pixelpim_migrations"));
  EXPECT_EQ(locks(), 0);
}

TEST_F(MigrateTest, is_not_bound_by_the_sessions_time_limits_and_leaves_them_as_they_are) {
  auto hurried = pg::Blocking::connect(url, "-c statement_timeout=200 -c lock_timeout=777").value();
  ASSERT_TRUE(migrate::deploy(hurried, {{"1_slow", "SELECT pg_sleep(0.5)"}}, [](const std::string&) {}, impatient));
  EXPECT_EQ(hurried.query("SHOW statement_timeout")->text(0, 0), "200ms");
  EXPECT_EQ(hurried.query("SHOW lock_timeout")->text(0, 0), "777ms");
}

TEST_F(MigrateTest, cut_off_in_the_middle_leaves_nothing_and_can_be_run_again) {
  auto killer = pg::Blocking::connect(url).value();
  const std::string pid = std::to_string(db.backend_pid());
  auto failed = std::async(std::launch::async,
                           [&] { return deploy({one, {"2_slow", "CREATE TABLE half (); SELECT pg_sleep(30)"}}); });
  const auto end = Clock::now() + 10s;
  const auto sleeps = [&] {
    return !killer.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1::int AND wait_event = 'PgSleep'", {pid})
                ->empty();
  };
  while (!sleeps() && Clock::now() < end) std::this_thread::sleep_for(10ms);
  ASSERT_TRUE(killer.query("SELECT pg_terminate_backend($1::int, 5000)", {pid}));
  ASSERT_FALSE(failed.get());
  db = pg::Blocking::connect(url).value();
  EXPECT_TRUE(has_table("one"));
  EXPECT_FALSE(has_table("half"));
  EXPECT_THAT(deploy({one, two}).value(), ElementsAre("2_two"));
}

// Other deployers -----------------------------------------------------------------------------------------------

// Our lock, and that of the replaced service's tool.
class DeployLockTest : public MigrateTest, public testing::WithParamInterface<const char*> {};

TEST_P(DeployLockTest, is_waited_for_and_then_the_session_is_named) {
  auto holder = other_session(url, "the other deploy");
  ASSERT_TRUE(holder.query(fmt::format("SELECT pg_advisory_lock({})", GetParam())));
  const auto begin = Clock::now();
  const auto refused = deploy({one});
  EXPECT_GE(Clock::now() - begin, impatient.other_deploy);
  EXPECT_LT(Clock::now() - begin, 5s);
  ASSERT_FALSE(refused);
  const std::string named = fmt::format("the other deploy, pid {}", holder.backend_pid());
  EXPECT_THAT(refused.error().message, HasSubstr(named));
  EXPECT_NE(refused.error().remedy, "");
  EXPECT_THAT(told, ElementsAre(HasSubstr(named))) << "once, not at each attempt";
  EXPECT_FALSE(has_table("_pixelpim_migrations"));
  EXPECT_EQ(locks(), 0) << "it keeps nothing that others wait for";
}

TEST_P(DeployLockTest, is_taken_when_it_becomes_free) {
  auto holder = other_session(url, "the other deploy");
  ASSERT_TRUE(holder.query(fmt::format("SELECT pg_advisory_lock({})", GetParam())));
  auto released = std::async(std::launch::async, [&] {
    std::this_thread::sleep_for(300ms);
    return holder.query(fmt::format("SELECT pg_advisory_unlock({})", GetParam())).has_value();
  });
  EXPECT_THAT(deploy({one}, {.other_deploy = 10s}).value(), ElementsAre("1_one"));
  EXPECT_TRUE(released.get());
  EXPECT_EQ(locks(), 0);
}

TEST_P(DeployLockTest, of_another_database_is_nobodys_business) {
  auto elsewhere = pg::Blocking::connect(test::fresh_database()).value();
  ASSERT_TRUE(elsewhere.query(fmt::format("SELECT pg_advisory_lock({})", GetParam())));
  EXPECT_TRUE(deploy({one}));
  EXPECT_THAT(told, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(, DeployLockTest, testing::Values("72707369", "7270736901"));

TEST_F(MigrateTest, many_at_once_apply_each_migration_once) {
  const std::vector<Migration> wanted{{"1_counted", "CREATE TABLE runs (n int)"},
                                      {"2_counted", "INSERT INTO runs SELECT 2 FROM pg_sleep(0.1)"},
                                      {"3_counted", "INSERT INTO runs VALUES (3)"}};
  std::vector<std::future<std::size_t>> deployers;
  for (int i = 0; i < 4; ++i) {
    deployers.push_back(std::async(std::launch::async, [&] {
      auto connection = pg::Blocking::connect(url).value();
      return migrate::deploy(connection, wanted, [](const std::string&) {}).value().size();
    }));
  }
  std::size_t applied = 0;
  for (auto& each : deployers) applied += each.get();
  EXPECT_EQ(applied, wanted.size());
  EXPECT_EQ(db.query("SELECT count(*) FROM runs")->number(0, 0), 2);
}

// Tables in use ---------------------------------------------------------------------------------------------------

class BusyTableTest : public MigrateTest {
 protected:
  BusyTableTest() : reader(other_session(url, "a long report")) {
    deploy({one}).value();
    reader.script("BEGIN; SELECT * FROM one").value();
  }
  pg::Blocking reader;
  const Migration alter{"2_alter", "CREATE TABLE half (); ALTER TABLE one ADD COLUMN name text"};
};

TEST_F(BusyTableTest, are_tried_again_and_then_the_failure_is_recorded) {
  const auto failed = deploy({one, alter});
  ASSERT_FALSE(failed);
  const std::string named = fmt::format("a long report, pid {}", reader.backend_pid());
  EXPECT_THAT(failed.error().message, AllOf(HasSubstr("2_alter"), HasSubstr("55P03"), HasSubstr(named)));
  EXPECT_THAT(told, ElementsAre(HasSubstr(named), HasSubstr(named))) << "between the three attempts";
  EXPECT_FALSE(has_table("half"));
  const auto entries = status(db, {one, alter}).value();
  EXPECT_EQ(entries[1].state, State::failed);
  EXPECT_THAT(entries[1].logs, AllOf(HasSubstr("55P03"), HasSubstr(named)));
  EXPECT_EQ(db.query(R"(SELECT count(*) FROM "_pixelpim_migrations" WHERE migration_name = '2_alter')")->number(0, 0),
            1)
      << "one failure, not one for each attempt";

  ASSERT_TRUE(reader.script("COMMIT"));
  EXPECT_THAT(deploy({one, alter}).value(), ElementsAre("2_alter"));
  EXPECT_TRUE(has_table("half"));
}

TEST_F(BusyTableTest, are_changed_when_they_become_free) {
  const Progress let_go = [this](const std::string& text) {
    told.push_back(text);
    if (told.size() == 1) reader.script("COMMIT").value();
  };
  EXPECT_THAT(migrate::deploy(db, {one, alter}, let_go, impatient).value(), ElementsAre("2_alter"));
  EXPECT_EQ(told.size(), 1U);
  EXPECT_THAT(states({one, alter}), ElementsAre(State::applied, State::applied));
}

// Nobody queues behind a migration that waits: it has let go before it waits again.
TEST_F(BusyTableTest, are_free_for_others_between_two_attempts) {
  auto other = pg::Blocking::connect(url, "-c lock_timeout=1000").value();
  const Progress others_work = [&](const std::string&) {
    EXPECT_TRUE(other.query("SELECT count(*) FROM one"));
    EXPECT_TRUE(other.query("INSERT INTO one VALUES (7)"));
  };
  ASSERT_FALSE(migrate::deploy(db, {one, alter}, others_work, impatient));
  EXPECT_EQ(db.query("SELECT count(*) FROM one")->number(0, 0), 2);
}

}  // namespace
}  // namespace pim::ops::migrate
