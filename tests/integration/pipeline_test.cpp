// Pipelined connections and their lanes against a real PostgreSQL: whatever is under way at once, each gets its own
// answer, and what goes wrong for one stays with that one.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "async/awaiting.hpp"
#include "pg/blocking.hpp"
#include "pg/check.hpp"
#include "pg/database.hpp"
#include "test_cluster.hpp"

namespace pim::pg {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct Number {
  std::int32_t value;
};
BOOST_DESCRIBE_STRUCT(Number, (), (value))
struct Text {
  std::string_view value;
};
BOOST_DESCRIBE_STRUCT(Text, (), (value))
struct Quotient {
  std::int64_t transaction;
  std::int32_t value;
};
BOOST_DESCRIBE_STRUCT(Quotient, (), (transaction, value))
struct Thing {
  std::int32_t id;
  std::string_view name;
};
BOOST_DESCRIBE_STRUCT(Thing, (), (id, name))
struct Nothing {};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

const Statement<Number(std::int32_t)> echo{"test_echo", R"(SELECT $1::int4 AS "value")"};
const Statement<Text(std::string_view)> echo_text{"test_echo_text", R"(SELECT $1::text AS "value")"};
const Statement<Number()> backend{"test_backend", R"(SELECT pg_backend_pid() AS "value")"};
const Statement<Text(std::string_view)> setting{"test_setting", R"(SELECT current_setting($1::text) AS "value")"};
const Statement<Quotient(std::int32_t)> divide{
    "test_divide", R"(SELECT pg_current_xact_id()::text::int8 AS "transaction", 100 / $1::int4 AS "value")"};
// milliseconds, value
const Statement<Number(std::int32_t, std::int32_t)> slow_echo{
    "test_slow_echo", R"(SELECT $2::int4 AS "value" FROM pg_sleep(($1::int4 / 1000.0)::float8))"};
const Statement<Thing(std::int32_t)> find_thing{"test_find_thing", R"(SELECT * FROM "Thing" WHERE "id" = $1::int4)"};
const Statement<Number(std::int32_t, std::string_view)> add_thing{
    "test_add_thing", R"(INSERT INTO "Thing" VALUES ($1::int4, $2::text) RETURNING "id" AS "value")"};
const Statement<Number(std::int32_t, std::int32_t)> add_thing_slowly{
    "test_add_thing_slowly", R"(INSERT INTO "Thing" SELECT $2::int4, 'slow' FROM pg_sleep(($1::int4 / 1000.0)::float8)
                                RETURNING "id" AS "value")"};
const Statement<Number(std::int32_t, std::string_view)> rename_thing{
    "test_rename_thing", R"(UPDATE "Thing" SET "name" = $2::text WHERE "id" = $1::int4 RETURNING "id" AS "value")"};
const Statement<Number(std::int32_t, std::int32_t)> rename_both{
    "test_rename_both", R"(WITH one AS (UPDATE "Thing" SET "name" = 'x' WHERE "id" = $1::int4 RETURNING "id"),
                                wait AS MATERIALIZED (SELECT pg_sleep(0.2) FROM one)
                           UPDATE "Thing" t SET "name" = 'x' FROM wait WHERE "id" = $2::int4 RETURNING t."id" AS "value")"};
const Statement<Number()> read_gone{"test_read_gone", R"(SELECT "id" AS "value" FROM "Gone")"};
const Statement<Number()> count_up{"test_count_up",
                                   R"(SELECT nextval('"Counter"')::int4 AS "value" FROM pg_sleep(0.02))"};
const Statement<Number(std::int32_t)> count_slowly{
    "test_count_slowly", R"(SELECT ($1::int4 + count(*))::int4 AS "value" FROM generate_series(1, 500))"};
struct Turn {
  std::int32_t id, value;
};
BOOST_DESCRIBE_STRUCT(Turn, (), (id, value))
// The number of its execution; divides by each.
const Statement<Turn(Key)> turn_of{"test_turn_of",
                                   R"(SELECT k AS "id", (SELECT nextval('"Counter"'))::int4 + 0 / k AS "value"
                         FROM unnest($1::int4[]) k WHERE k < 100 GROUP BY k)"};
const Statement<Nothing()> forget_plans{"test_forget_plans", "DEALLOCATE ALL", Plan::fresh};

constexpr const char* schema = R"(CREATE TABLE "Thing" ("id" int PRIMARY KEY, "name" text NOT NULL);
                                  CREATE TABLE "Gone" ("id" int);
                                  CREATE SEQUENCE "Counter")";

std::size_t open_files() {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator{}));
}

class PipelineTest : public testing::Test {
 protected:
  PipelineTest() : url(test::fresh_database()), admin(Blocking::connect(url).value()) { admin.script(schema).value(); }
  ~PipelineTest() override { stop(); }

  // A database whose connections are up.
  Database& start(Database::Settings settings = {}) {
    if (settings.url.empty()) settings.url = url;
    settings.lost = [this](const std::string& reason) { losses.push_back(reason); };
    const int wanted = settings.readers + settings.writers + settings.searchers + settings.patient_writers;
    database.emplace(context, std::move(settings));
    go(database->start());
    go(until([this, wanted] { return sessions("state = 'idle'") == wanted; }));
    finish();
    context.restart();
    context.poll();  // the last of them has its answer from the server too
    return *database;
  }
  void stop() {
    if (!database) return;
    go(database->stop());
    finish();
    database.reset();
  }

  // Starts a task; `finish` runs the loop until all of them are done.
  void go(Task<void> task) {
    ++under_way;
    spawn([](Task<void> inner, int& count) -> Task<void> {
      co_await std::move(inner);
      --count;
    }(std::move(task), under_way));
  }
  void finish() {
    const auto end = Clock::now() + 120s;
    context.restart();
    while (under_way > 0 && Clock::now() < end) context.run_one_for(20ms);
    if (under_way == 0) return;
    ADD_FAILURE() << under_way
                  << " tasks still wait after 120 s: " << testing::UnitTest::GetInstance()->current_test_info()->name();
    std::_Exit(1);  // what still waits can't be taken apart
  }

  Task<void> pause(std::chrono::milliseconds time) {
    boost::asio::steady_timer timer(context, time);
    co_await timer.async_wait(awaiting);
  }
  Task<void> until(std::function<bool()> condition) {
    while (!condition()) co_await pause(2ms);
  }

  // How many sessions of the program are there, besides this test's?
  std::int64_t sessions(const std::string& condition = "true") {
    return admin
        .query(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND " +
            condition)
        ->number(0, 0);
  }
  // Cuts off the sessions whose last statement is like `pattern`; gives how many.
  std::int64_t cut_off(std::string_view pattern) {
    return admin
        .query(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE $1",
            {pattern})
        ->number(0, 0);
  }
  bool is_running(std::string_view pattern) {
    return !admin
                .query(
                    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    " AND state = 'active' AND query LIKE $1",
                    {pattern})
                ->empty();
  }
  std::int64_t things() { return admin.query(R"(SELECT count(*) FROM "Thing")")->number(0, 0); }

  std::string url;
  Blocking admin;
  boost::asio::io_context context;
  std::optional<Database> database;
  std::vector<std::string> losses;
  int under_way = 0;
};

// Many at once ---------------------------------------------------------------------------------------------------

TEST_F(PipelineTest, each_gets_its_own_answer) {
  Database& db = start();
  const auto body = [&]() -> Task<void> {
    std::vector<std::unique_ptr<Query<Number>>> numbers;
    std::vector<std::unique_ptr<Query<Text>>> texts;
    for (int i = 0; i < 500; ++i) {
      const std::string text = "text " + std::to_string(i);
      numbers.emplace_back(new Query<Number>(db.read(echo, i)));
      texts.emplace_back(new Query<Text>(db.read(echo_text, text)));
    }
    for (int i = 499; i >= 0; --i) {
      const auto number = co_await *numbers[static_cast<std::size_t>(i)];
      const auto text = co_await *texts[static_cast<std::size_t>(i)];
      EXPECT_TRUE(number && (*number)[0].value == i) << i;
      EXPECT_TRUE(text && (*text)[0].value == "text " + std::to_string(i)) << i;
    }
  };
  go(body());
  finish();
}

TEST_F(PipelineTest, values_larger_than_any_buffer_go_through) {
  Database& db = start({.readers = 1});
  const std::string large(8 << 20, 'L'), medium(200'000, 'm');
  const auto body = [&]() -> Task<void> {
    auto one = db.read(echo_text, large);
    std::vector<std::unique_ptr<Query<Text>>> more;
    for (int i = 0; i < 100; ++i) more.emplace_back(new Query<Text>(db.read(echo_text, medium)));
    const auto text = co_await one;
    EXPECT_TRUE(text && (*text)[0].value == large);
    for (auto& query : more) {
      const auto each = co_await *query;
      EXPECT_TRUE(each && (*each)[0].value == medium);
    }
  };
  go(body());
  finish();
}

// Whoever gets an answer may ask again at once, from within the loop that hands out answers.
TEST_F(PipelineTest, answers_may_lead_to_more_questions) {
  Database& db = start({.readers = 1});
  int answered = 0;
  const auto chain = [&](int first) -> Task<void> {
    for (int i = 0; i < 50; ++i) {
      auto query = db.read(echo, first + i);
      const auto rows = co_await query;
      EXPECT_TRUE(rows && (*rows)[0].value == first + i);
      ++answered;
    }
  };
  for (int i = 0; i < 40; ++i) go(chain(i * 1000));
  finish();
  EXPECT_EQ(answered, 2000);
}

TEST_F(PipelineTest, sessions_are_in_utc_and_have_their_limits) {
  Database& db = start({.statement_timeout = 4321ms, .lock_timeout = 987ms});
  const auto body = [&]() -> Task<void> {
    for (const auto& [name, value] : std::map<std::string, std::string>{
             {"TimeZone", "UTC"}, {"jit", "off"}, {"statement_timeout", "4321ms"}, {"lock_timeout", "987ms"}}) {
      auto read = db.read(setting, name);
      const auto reads = co_await read;
      const auto writes = co_await db.write(setting, name);
      const auto searches = co_await db.search(setting, name);
      for (const auto* rows : {&reads, &writes, &searches}) {
        EXPECT_TRUE(*rows && (**rows)[0].value == value) << name;
      }
    }
  };
  go(body());
  finish();
}

// Errors stay where they arise -----------------------------------------------------------------------------------

TEST_F(PipelineTest, reads_of_one_turn_share_a_transaction) {
  Database& db = start({.readers = 1});
  const auto body = [&]() -> Task<void> {
    auto one = db.read(divide, 4), two = db.read(divide, 5);
    const auto first = co_await one, second = co_await two;
    EXPECT_TRUE(first && second && (*first)[0].transaction == (*second)[0].transaction);
  };
  go(body());
  finish();
}

// Those who ask the same while they wait to be sent share one execution, also where the first of them gives up; who
// asks while it is under way is asked for anew: an answer is never older than its question. (They wait only behind what
// is quick: on a busy machine more than one try may be needed.)
TEST_F(PipelineTest, the_same_read_is_sent_once_for_all_who_wait) {
  Database& db = start({.readers = 1});
  bool have_shared = false;
  const auto body = [&]() -> Task<void> {
    auto busy = db.read(slow_echo, 20, 1);
    co_await pause(5ms);  // it is sent: the others wait for its answer
    std::vector<std::unique_ptr<Query<Number>>> same;
    for (int i = 0; i < 5; ++i) same.emplace_back(new Query<Number>(db.read(count_up)));
    auto other = db.read(echo, 7);
    same[3].reset();
    std::ignore = co_await busy;
    co_await pause(5ms);  // they are under way
    same[0].reset();
    same[2].reset();
    auto later = db.read(count_up);
    const auto one = co_await *same[1], two = co_await *same[4];
    const auto rows = co_await other, last = co_await later;
    EXPECT_TRUE(one && two && last && rows && (*rows)[0].value == 7);
    EXPECT_GT((*last)[0].value, (*one)[0].value);
    EXPECT_GT((*last)[0].value, (*two)[0].value);
    have_shared = (*one)[0].value == (*two)[0].value;
  };
  for (int round = 0; round < 100 && !have_shared; ++round) {
    go(body());
    finish();
  }
  EXPECT_TRUE(have_shared);
}

// Those who look for different keys while they wait to be sent share an execution, and each has the row of its own key,
// or none. Where it fails for one of them, the others are asked for alone.
TEST_F(PipelineTest, reads_by_key_are_sent_once_for_all_keys) {
  Database& db = start({.readers = 1});
  bool have_shared = false;
  const auto ask = [&](std::vector<std::int32_t> keys,
                       std::vector<std::expected<Rows<Turn>, Error>>& answers) -> Task<void> {
    auto busy = db.read(slow_echo, 20, 1);
    co_await pause(5ms);  // it is sent: the others wait for its answer
    std::vector<std::unique_ptr<Query<Turn>>> reads;
    for (const std::int32_t key : keys) reads.emplace_back(new Query<Turn>(db.read(turn_of, key)));
    for (auto& read : reads) answers.push_back(co_await as_result(*read));
    std::ignore = co_await busy;
  };
  for (int round = 0; round < 100 && !have_shared; ++round) {
    std::vector<std::expected<Rows<Turn>, Error>> found;
    go(ask({7, 3, 100, 9, 3}, found));
    finish();
    ASSERT_EQ(found.size(), 5);
    for (const std::size_t i : {0UZ, 1UZ, 3UZ, 4UZ}) ASSERT_TRUE(found[i] && found[i]->size() == 1);
    EXPECT_TRUE(found[2] && found[2]->empty());
    EXPECT_EQ((*found[0])[0].id, 7);
    EXPECT_EQ((*found[1])[0].id, 3);
    EXPECT_EQ((*found[3])[0].id, 9);
    EXPECT_EQ((*found[4])[0].id, 3);
    have_shared = (*found[0])[0].value == (*found[3])[0].value;
  }
  EXPECT_TRUE(have_shared);

  std::vector<std::expected<Rows<Turn>, Error>> found;
  go(ask({7, 0, 9}, found));
  finish();
  ASSERT_EQ(found.size(), 3);
  EXPECT_TRUE(found[0] && (*found[0])[0].id == 7);
  EXPECT_TRUE(!found[1] && found[1].error().sqlstate == "22012");
  EXPECT_TRUE(found[2] && (*found[2])[0].id == 9);
}

// Under a backlog all have waited for longer than a piece takes: they still share. (The backlog must last until they
// come: it is longer with each try.)
TEST_F(PipelineTest, the_same_read_is_sent_once_under_a_backlog) {
  Database& db = start({.readers = 1, .reads_under_way_max = 1'000'000, .wait_max = 1h});
  bool have_shared = false;
  const auto body = [&](int others) -> Task<void> {
    auto first = db.read(slow_echo, 20, 1);
    co_await pause(5ms);  // it is sent: the others wait for its answer
    std::vector<std::unique_ptr<Query<Number>>> backlog, same;
    for (int i = 0; i < others; ++i) backlog.emplace_back(new Query<Number>(db.read(count_slowly, i)));
    co_await pause(100ms);
    for (int i = 0; i < 5; ++i) same.emplace_back(new Query<Number>(db.read(count_up)));
    const auto one = co_await *same[1], two = co_await *same[4];
    EXPECT_TRUE(one && two);
    have_shared = (*one)[0].value == (*two)[0].value;
    for (auto& each : backlog) std::ignore = co_await *each;
    std::ignore = co_await first;
  };
  for (int others = 500; others <= 16'000 && !have_shared; others *= 2) {
    go(body(others));
    finish();
  }
  EXPECT_TRUE(have_shared);
}

// Who comes when the line is as long as can be served in time is told so at once, and those in line are served in time:
// of 10 ms each, 100 within a second. (On a slow machine fewer; 64 may always wait.)
TEST_F(PipelineTest, a_line_is_no_longer_than_is_served_in_time) {
  Database& db = start({.readers = 1, .searchers = 1, .wait_max = 1s});
  int served = 0, refused = 0;
  const auto count = [&](const std::expected<Rows<Number>, Error>& rows) {
    ++(rows ? served : refused);
    if (!rows) EXPECT_TRUE(rows.error().message.starts_with("too many")) << rows.error().message;
  };
  const auto search = [&](int number) -> Task<void> { count(co_await as_result(db.search(slow_echo, 10, number))); };
  const auto read = [&](int number) -> Task<void> { count(co_await as_result(db.read(slow_echo, 10, number))); };
  const auto many = [&](const auto& ask) {
    for (int number = 0; number < 8; ++number) {  // how long one takes is known then
      go(ask(number));
      finish();
    }
    served = refused = 0;
    for (int number = 0; number < 400; ++number) go(ask(number));
    EXPECT_GT(refused, 280) << "at once";
    finish();
    EXPECT_GE(served, 64);
    EXPECT_LE(served, 115);
    EXPECT_EQ(served + refused, 400);
  };
  many(search);
  many(read);
}

// Batches of many clients at once, with failures, with some that are given up, and with a connection that is lost: each
// gets the answer to its own question.
TEST_F(PipelineTest, many_who_ask_one_after_the_other_get_their_own_answers) {
  Database& db = start({.readers = 2});
  int answered = 0, failed = 0;
  const auto client = [&](unsigned seed) -> Task<void> {
    std::minstd_rand random(seed);
    for (int i = 0; i < 40; ++i) {
      const int value = static_cast<int>(random() % 5);
      std::unique_ptr<Query<Number>> given_up;
      if (random() % 4 == 0) given_up.reset(new Query<Number>(db.read(echo, value)));
      if (random() % 2 == 0) {
        const auto rows = co_await as_result(db.read(slow_echo, value, value));
        EXPECT_TRUE(rows && (*rows)[0].value == value);
        ++answered;
      } else {
        const auto rows = co_await as_result(db.read(divide, value));
        EXPECT_EQ(rows.has_value(), value != 0);
        if (rows) EXPECT_EQ((*rows)[0].value, 100 / value);
        if (!rows) EXPECT_EQ(rows.error().sqlstate, "22012");
        ++(rows ? answered : failed);
      }
    }
  };
  const auto cut = [&]() -> Task<void> {
    co_await until([&] { return answered > 500 && is_running("%pg_sleep%"); });
    EXPECT_TRUE(
        admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND query LIKE '%pg_sleep%' LIMIT 1"));
  };
  for (unsigned seed = 1; seed <= 64; ++seed) go(client(seed));
  go(cut());
  finish();
  EXPECT_EQ(answered + failed, 64 * 40);
  EXPECT_GT(failed, 0);
}

// The failure ends the transaction that the three share: what had not run yet runs again.
TEST_F(PipelineTest, a_read_that_fails_does_not_touch_its_neighbours) {
  Database& db = start({.readers = 1});
  const auto body = [&]() -> Task<void> {
    auto before = db.read(divide, 4), failing = db.read(divide, 0), after = db.read(divide, 5);
    const auto first = co_await before;
    const auto failed = co_await failing;
    const auto last = co_await after;
    EXPECT_TRUE(first && (*first)[0].value == 25);
    EXPECT_TRUE(!failed && failed.error().sqlstate == "22012");
    EXPECT_TRUE(last && (*last)[0].value == 20);
  };
  go(body());
  finish();
}

TEST_F(PipelineTest, any_mix_of_failures_leaves_the_others_right) {
  Database& db = start({.readers = 2});
  std::mt19937 random{11};
  const auto body = [&]() -> Task<void> {
    for (int round = 0; round < 50; ++round) {
      std::vector<std::pair<int, std::unique_ptr<Query<Quotient>>>> queries;
      for (int i = 0; i < 30; ++i) {
        const int divisor = static_cast<int>(random() % 5);
        queries.emplace_back(divisor, new Query<Quotient>(db.read(divide, divisor)));
      }
      for (auto& [divisor, query] : queries) {
        const auto rows = co_await *query;
        EXPECT_EQ(rows.has_value(), divisor != 0);
        if (rows && divisor != 0) EXPECT_EQ((*rows)[0].value, 100 / divisor);
        if (!rows) EXPECT_EQ(rows.error().sqlstate, "22012") << rows.error().message;
      }
    }
  };
  go(body());
  finish();
}

TEST_F(PipelineTest, a_statement_that_can_not_be_prepared_fails_alone) {
  Database& db = start({.readers = 1});
  admin.script(R"(DROP TABLE "Gone")").value();
  const auto body = [&]() -> Task<void> {
    for (int round = 0; round < 3; ++round) {
      auto before = db.read(echo, 1);
      auto broken = db.read(read_gone), broken_too = db.read(read_gone);
      auto after = db.read(echo, 2);
      auto never_seen = db.read(divide, 4);
      const auto one = co_await before, two = co_await after;
      const auto gone = co_await broken, gone_too = co_await broken_too;
      const auto three = co_await never_seen;
      EXPECT_TRUE(one && (*one)[0].value == 1);
      EXPECT_TRUE(two && (*two)[0].value == 2);
      EXPECT_TRUE(three && (*three)[0].value == 25);
      EXPECT_TRUE(!gone && gone.error().sqlstate == "42P01");
      EXPECT_TRUE(!gone_too && gone_too.error().sqlstate == "42P01");
    }
  };
  go(body());
  finish();
}

// Each write is a transaction of its own, also where several are under way on one connection.
TEST_F(PipelineTest, a_write_that_fails_undoes_no_other) {
  bool ready = false;
  Connection connection(context, {.url = url, .sync = Connection::Sync::single},
                        {.ready = [&](Connection&) { ready = true; },
                         .lost = [](Connection&, const std::string&) {},
                         .unreachable = [](const std::string&) {},
                         .again = [](Operation&) {}});
  connection.start();
  const auto body = [&]() -> Task<void> {
    co_await until([&] { return ready; });
    Query<Number> one(add_thing, add_thing.encode(1, "one"), Repeat::never);
    Query<Number> twice(add_thing, add_thing.encode(1, "twice"), Repeat::never);
    Query<Number> two(add_thing, add_thing.encode(2, "two"), Repeat::never);
    for (Operation* operation :
         {static_cast<Operation*>(&one), static_cast<Operation*>(&twice), static_cast<Operation*>(&two)}) {
      connection.submit(*operation);
    }
    const auto first = co_await one, second = co_await twice, third = co_await two;
    EXPECT_TRUE(first);
    EXPECT_TRUE(!second && second.error().is_unique_violation_of("Thing_pkey"));
    EXPECT_TRUE(third);
    connection.stop();
    co_await until([&] { return connection.ended(); });
  };
  go(body());
  finish();
  EXPECT_EQ(things(), 2);
}

// What is checked at the end of the transaction fails after the statement itself was answered.
TEST_F(PipelineTest, a_commit_that_fails_is_told_to_its_own_write) {
  Database& db = start({.writers = 1});
  admin.script(R"(ALTER TABLE "Thing" ADD CONSTRAINT "Thing_name_key" UNIQUE (name) DEFERRABLE INITIALLY DEFERRED)")
      .value();
  const auto body = [&]() -> Task<void> {
    for (int round = 0; round < 3; ++round) {
      const auto fine = co_await db.write(add_thing, round, std::to_string(round));
      const auto refused = co_await db.write(add_thing, 100 + round, "0");
      const auto answer = co_await db.write(echo, round);
      EXPECT_TRUE(fine && (*fine)[0].value == round);
      EXPECT_TRUE(!refused && refused.error().is_unique_violation_of("Thing_name_key"));
      EXPECT_TRUE(answer && (*answer)[0].value == round);
    }
  };
  go(body());
  finish();
  EXPECT_EQ(things(), 3);
}

// Nobody waits behind another -----------------------------------------------------------------------------------

TEST_F(PipelineTest, slow_searches_hold_up_no_read) {
  Database& db = start({.searchers = 1});
  std::vector<std::string> order;
  const auto search = [&]() -> Task<void> {
    EXPECT_FALSE(co_await as_result(db.search(slow_echo, 10'000, 1)));
    order.emplace_back("search");
  };
  const auto read = [&]() -> Task<void> {
    co_await until([&] { return is_running("%pg_sleep%"); });
    auto query = db.read(echo, 2);
    EXPECT_TRUE(co_await query);
    order.emplace_back("read");
    EXPECT_TRUE(
        admin.query("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND query LIKE '%pg_sleep%'"));
  };
  go(search());
  go(read());
  finish();
  EXPECT_EQ(order, (std::vector<std::string>{"read", "search"}));
}

TEST_F(PipelineTest, a_write_that_waits_for_a_row_holds_up_nobody_else) {
  Database& db = start({.writers = 2, .lock_timeout = 5s});
  admin.script(R"(INSERT INTO "Thing" VALUES (1, 'a'), (2, 'b'))").value();
  std::vector<int> order;
  admin.script(R"(BEGIN; UPDATE "Thing" SET name = 'held' WHERE id = 1)").value();
  const auto rename = [&](int id) -> Task<void> {
    const auto rows = co_await db.write(rename_thing, id, "new");
    EXPECT_TRUE(rows && !rows->empty());
    order.push_back(id);
    if (id == 2) EXPECT_TRUE(admin.script("COMMIT"));
  };
  const auto later = [&]() -> Task<void> {
    co_await pause(50ms);
    auto query = db.read(echo, 1);
    EXPECT_TRUE(co_await query);
    co_await rename(2);
  };
  go(rename(1));
  go(later());
  finish();
  EXPECT_EQ(order, (std::vector<int>{2, 1}));
}

TEST_F(PipelineTest, a_statement_that_takes_too_long_ends_alone) {
  Database& db = start({.readers = 1, .statement_timeout = 100ms});
  const auto body = [&]() -> Task<void> {
    auto slow = db.read(slow_echo, 10'000, 1), beside = db.read(slow_echo, 1, 2);
    co_await pause(20ms);
    auto behind = db.read(echo, 3);
    const auto timed_out = co_await slow;
    const auto two = co_await beside, three = co_await behind;
    EXPECT_TRUE(!timed_out && timed_out.error().sqlstate == "57014");
    EXPECT_TRUE(two && (*two)[0].value == 2);
    EXPECT_TRUE(three && (*three)[0].value == 3);
  };
  go(body());
  finish();
}

// Giving up ------------------------------------------------------------------------------------------------------

TEST_F(PipelineTest, nobody_gets_the_answer_of_one_who_gave_up) {
  Database& db = start({.readers = 1});
  std::mt19937 random{5};
  const auto body = [&]() -> Task<void> {
    for (int round = 0; round < 30; ++round) {
      std::vector<std::unique_ptr<Query<Number>>> queries;
      for (int i = 0; i < 20; ++i)
        queries.emplace_back(new Query<Number>(db.read(slow_echo, static_cast<int>(random() % 2), i)));
      if (round % 2 == 0) co_await pause(std::chrono::milliseconds{random() % 8});
      for (auto& query : queries) {
        if (random() % 2 == 0) query.reset();
      }
      for (int i = 0; i < 20; ++i) {
        if (!queries[static_cast<std::size_t>(i)]) continue;
        const auto rows = co_await *queries[static_cast<std::size_t>(i)];
        EXPECT_TRUE(rows && (*rows)[0].value == i);
      }
    }
  };
  go(body());
  finish();
}

// The one who is told first takes the others away, while the loop that tells them is under way.
TEST_F(PipelineTest, one_answer_may_make_others_give_up) {
  Database& db = start({.readers = 1});
  const auto body = [&](int divisor) -> Task<void> {
    auto first = db.read(divide, divisor);
    std::vector<std::unique_ptr<Query<Number>>> others;
    for (int i = 0; i < 10; ++i) others.emplace_back(new Query<Number>(db.read(echo, i)));
    std::ignore = co_await first;
    others.clear();
    auto next = db.read(echo, 42);
    const auto rows = co_await next;
    EXPECT_TRUE(rows && (*rows)[0].value == 42);
  };
  for (int i = 0; i < 20; ++i) go(body(i % 3));
  finish();
}

// Plans that are stale -------------------------------------------------------------------------------------------

TEST_F(PipelineTest, a_changed_table_is_planned_again) {
  Database& db = start({.readers = 1, .writers = 1});
  admin.script(R"(INSERT INTO "Thing" VALUES (1, 'a'))").value();
  const auto body = [&]() -> Task<void> {
    for (int round = 0; round < 3; ++round) {
      auto query = db.read(find_thing, 1), beside = db.read(find_thing, 1);
      const auto rows = co_await query, same = co_await beside;
      EXPECT_TRUE(rows && (*rows)[0].name == "a") << (rows ? "" : rows.error().message);
      EXPECT_TRUE(same && (*same)[0].name == "a") << (same ? "" : same.error().message);
      EXPECT_TRUE(co_await db.write(find_thing, 1));
      EXPECT_TRUE(admin.script("ALTER TABLE \"Thing\" ADD more" + std::to_string(round) + " int"));
    }
  };
  go(body());
  finish();
}

TEST_F(PipelineTest, a_plan_that_the_server_forgot_is_made_again) {
  Database& db = start({.readers = 1});
  const auto body = [&]() -> Task<void> {
    for (int round = 0; round < 3; ++round) {
      auto one = db.read(echo, 1);
      auto two = db.read(divide, 4);
      EXPECT_TRUE(co_await one);
      EXPECT_TRUE(co_await two);
      auto forget = db.read(forget_plans);
      EXPECT_TRUE(co_await forget);
    }
  };
  go(body());
  finish();
}

// Lost connections -----------------------------------------------------------------------------------------------

TEST_F(PipelineTest, reads_of_a_lost_connection_are_answered_by_another) {
  Database& db = start({.readers = 2});
  int answered = 0;
  const auto read = [&](int value) -> Task<void> {
    auto query = value == 0 ? db.read(slow_echo, 300, 0) : db.read(echo, value);
    const auto rows = co_await query;
    EXPECT_TRUE(rows && (*rows)[0].value == value) << (rows ? "" : rows.error().message);
    ++answered;
  };
  const auto cut = [&]() -> Task<void> {
    co_await until([&] { return is_running("%pg_sleep%"); });
    for (int i = 1; i <= 20; ++i) go(read(i));
    EXPECT_EQ(cut_off("%pg_sleep%"), 1);
  };
  go(read(0));
  go(cut());
  finish();
  EXPECT_EQ(answered, 21);
}

TEST_F(PipelineTest, a_search_of_a_lost_connection_is_run_again_in_its_lane) {
  Database& db = start({.readers = 1, .searchers = 2});
  const auto search = [&]() -> Task<void> {
    const auto rows = co_await db.search(slow_echo, 200, 7);
    EXPECT_TRUE(rows && (*rows)[0].value == 7) << (rows ? "" : rows.error().message);
  };
  const auto cut = [&]() -> Task<void> {
    auto pid = db.read(backend);
    const auto rows = co_await pid;
    const std::string reader = rows ? std::to_string((*rows)[0].value) : "";
    co_await until([&] { return is_running("%pg_sleep%"); });
    EXPECT_EQ(cut_off("%pg_sleep%"), 1);
    co_await until([&] { return is_running("%pg_sleep%"); });
    EXPECT_TRUE(
        admin.query("SELECT FROM pg_stat_activity WHERE pid = $1::int AND state = 'active'", {reader})->empty());
  };
  go(search());
  go(cut());
  finish();
}

// Whether it was committed is not known: it must not be sent again, and the client is told to look.
TEST_F(PipelineTest, a_write_of_a_lost_connection_fails_and_is_not_repeated) {
  Database& db = start({.writers = 2});
  const auto write = [&]() -> Task<void> {
    const auto rows = co_await db.write(add_thing_slowly, 200, 1);
    EXPECT_FALSE(rows);
    if (!rows) EXPECT_EQ(to_problem(rows.error()).code, "unavailable");
    co_await pause(400ms);
  };
  const auto cut = [&]() -> Task<void> {
    co_await until([&] { return is_running("%pg_sleep%"); });
    EXPECT_EQ(cut_off("%pg_sleep%"), 1);
  };
  go(write());
  go(cut());
  finish();
  EXPECT_EQ(things(), 0);
}

// A write that waits in line was never sent: the loss of the connection that it would have had is not its affair.
TEST_F(PipelineTest, writes_in_line_go_to_a_connection_that_lives) {
  Database& db = start({.writers = 2});
  int failed = 0;
  const auto slow = [&](int id, int time) -> Task<void> {
    if (!co_await db.write(add_thing_slowly, time, id)) ++failed;
  };
  const auto quick = [&](int id) -> Task<void> {
    const auto rows = co_await db.write(add_thing, id, "quick");
    EXPECT_TRUE(rows) << (rows ? "" : rows.error().message);
  };
  const auto cut = [&]() -> Task<void> {
    co_await until([&] { return is_running("%$2::int4, 'slow'%"); });
    for (int id = 10; id < 60; ++id) go(quick(id));
    EXPECT_TRUE(
        admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND state = 'active' AND query LIKE '%slow%' LIMIT 1"));
  };
  go(slow(1, 300));
  go(slow(2, 300));
  go(cut());
  finish();
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(things(), 51);
}

// A connection that is ended while it prepares a statement is as lost as one that executes it: what waits in line must
// not get it.
TEST_F(PipelineTest, a_connection_that_is_ended_while_it_prepares_is_not_given_to_another) {
  Database& db = start({.writers = 2});
  auto lock = Blocking::connect(url);
  ASSERT_TRUE(lock && lock->script(R"(BEGIN; LOCK TABLE "Thing" IN ACCESS EXCLUSIVE MODE)"));
  int failed = 0;
  const auto write = [&](int id) -> Task<void> {
    if (!co_await db.write(add_thing, id, "written")) ++failed;
  };
  const auto cut = [&]() -> Task<void> {
    co_await until([&] { return sessions("wait_event_type = 'Lock'") == 2; });
    EXPECT_TRUE(
        admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND wait_event_type = 'Lock' LIMIT 1"));
    co_await until([&] { return failed > 0; });
    EXPECT_TRUE(lock->script("COMMIT"));
  };
  for (int id = 0; id < 12; ++id) go(write(id));
  go(cut());
  finish();
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(things(), 11);
}

TEST_F(PipelineTest, a_write_that_takes_too_long_is_run_again_where_there_is_time) {
  Database& db = start({.statement_timeout = 200ms, .patient_statement_timeout = 10s});
  const auto body = [&]() -> Task<void> {
    const auto hasty = co_await as_result(db.write(add_thing_slowly, 500, 1));
    EXPECT_FALSE(hasty);
    EXPECT_TRUE(!hasty && took_too_long(hasty.error()));
    EXPECT_EQ(things(), 0);
    const auto patient = co_await as_result(db.write_patiently(add_thing_slowly, 500, 1));
    EXPECT_TRUE(patient && (*patient)[0].value == 1);
    EXPECT_TRUE(co_await as_result(db.write_patiently(add_thing_slowly, 0, 2)));
  };
  go(body());
  finish();
  EXPECT_EQ(things(), 2);
}

TEST_F(PipelineTest, lost_connections_come_back_and_leak_nothing) {
  Database& db = start({.readers = 2, .writers = 2, .searchers = 1, .patient_writers = 1});
  const std::size_t before = open_files();
  const auto body = [&]() -> Task<void> {
    for (int round = 0; round < 10; ++round) {
      const auto lost = static_cast<std::int64_t>(losses.size());
      EXPECT_EQ(cut_off("%"), 6);
      co_await until([&] { return static_cast<std::int64_t>(losses.size()) >= lost + 6; });  // idle, and yet noticed
      co_await until([&] { return sessions() == 6; });
      co_await pause(20ms);
      auto query = db.read(echo, round);
      EXPECT_TRUE(co_await query);
      EXPECT_TRUE(co_await db.write(add_thing, round, "x"));
    }
  };
  go(body());
  finish();
  EXPECT_EQ(things(), 10);
  EXPECT_EQ(open_files(), before);
}

TEST_F(PipelineTest, losing_all_connections_under_load_leaves_nobody_waiting) {
  Database& db = start({.readers = 2, .writers = 2});
  int told = 0, committed = 0;
  bool stopping = false;
  const auto load = [&](int client) -> Task<void> {
    int i = 0;
    while (!stopping) {
      ++i;
      auto query = db.read(echo, i);
      const auto read = co_await query;
      EXPECT_TRUE(read ? (*read)[0].value == i : to_problem(read.error()).status == 503);
      const auto written = co_await db.write(add_thing, client * 1'000'000 + i, "x");
      EXPECT_TRUE(written || to_problem(written.error()).status == 503);
      written ? ++committed : ++told;
      if (!written) co_await pause(5ms);
    }
  };
  const auto cut = [&]() -> Task<void> {
    for (int i = 0; i < 10; ++i) {
      co_await pause(100ms);
      cut_off("%");
    }
    stopping = true;
  };
  for (int i = 0; i < 32; ++i) go(load(i));
  go(cut());
  finish();
  EXPECT_GT(told, 0);
  EXPECT_GT(committed, 0);
  EXPECT_GE(things(), committed);         // nothing that was answered is lost
  EXPECT_LE(things(), committed + told);  // and nothing was done twice
}

// A server that is not there yet ------------------------------------------------------------------------------------

// The test's server as it is reached through a folder that can be taken away.
class FarServer : public PipelineTest {
 protected:
  FarServer() {
    char name[] = "/tmp/pimXXXXXX";
    folder = ::mkdtemp(name);
    PQconninfoOption* options = PQconninfoParse(url.c_str(), nullptr);
    for (auto* option = options; option->keyword != nullptr; ++option) {
      if (option->val == nullptr) continue;
      if (std::string_view(option->keyword) == "host")
        real = option->val;
      else
        settings += fmt::format("{}='{}' ", option->keyword, option->val);
      if (std::string_view(option->keyword) == "port") port = option->val;
    }
    PQconninfoFree(options);
    settings += fmt::format("host='{}'", (folder / "socket").string());
  }
  ~FarServer() override {
    stop();
    std::filesystem::remove_all(folder);
  }
  void appear() { std::filesystem::create_directory_symlink(real, folder / "socket"); }

  std::filesystem::path folder;
  std::string real, settings, port = "5432";
};

TEST_F(FarServer, is_503_until_it_is_there) {
  database.emplace(context, Database::Settings{.url = settings, .lost = [this](const std::string& reason) {
                                                 losses.push_back(reason);
                                               }});
  go(database->start());
  const auto body = [&]() -> Task<void> {
    co_await until([&] { return !losses.empty(); });
    auto early = database->read(echo, 1);
    const auto read = co_await early;
    const auto written = co_await database->write(add_thing, 1, "x");
    EXPECT_TRUE(!read && to_problem(read.error()).status == 503);
    EXPECT_TRUE(!written && to_problem(written.error()).status == 503);
    EXPECT_FALSE(database->ready());
    appear();
    co_await until([&] { return database->ready(); });
    auto late = database->read(echo, 1);
    EXPECT_TRUE(co_await late);
  };
  go(body());
  finish();
}

// It takes the connection and says nothing: a machine that hangs.
TEST_F(FarServer, that_does_not_answer_is_given_up_and_tried_again) {
  std::filesystem::create_directory(folder / "socket");
  const std::string path = (folder / "socket" / (".s.PGSQL." + port)).string();
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{.sun_family = AF_UNIX};
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener, 100), 0);

  database.emplace(
      context, Database::Settings{.url = settings, .connect_timeout = 100ms, .lost = [this](const std::string& reason) {
                                    losses.push_back(reason);
                                  }});
  go(database->start());
  const auto body = [&]() -> Task<void> {
    co_await until([&] { return !losses.empty(); });
    std::filesystem::remove_all(folder / "socket");
    appear();
    co_await until([&] { return database->ready(); });
  };
  go(body());
  finish();
  ::close(listener);
}

// Bounds and second tries ----------------------------------------------------------------------------------------

TEST_F(PipelineTest, too_many_reads_are_refused_at_once) {
  Database& db = start({.readers = 1, .reads_under_way_max = 10});
  const auto body = [&]() -> Task<void> {
    std::vector<std::unique_ptr<Query<Number>>> queries;
    for (int i = 0; i < 50; ++i) queries.emplace_back(new Query<Number>(db.read(slow_echo, 10, i)));
    int refused = 0;
    for (auto& query : queries) {
      const auto rows = co_await *query;
      if (rows) continue;
      ++refused;
      EXPECT_EQ(to_problem(rows.error()).status, 503);
    }
    EXPECT_GE(refused, 30);
    EXPECT_LT(refused, 50);
  };
  go(body());
  finish();
}

TEST_F(PipelineTest, a_line_that_is_too_long_is_refused_at_once) {
  Database& db = start({.writers = 1, .waiting_max = 5});
  int refused = 0;
  const auto write = [&](int id) -> Task<void> {
    const auto rows = co_await db.write(add_thing_slowly, 50, id);
    if (rows) co_return;
    ++refused;
    EXPECT_EQ(to_problem(rows.error()).status, 503);
  };
  for (int i = 0; i < 10; ++i) go(write(i));
  finish();
  EXPECT_EQ(refused, 4);  // one at work, five in line
  EXPECT_EQ(things(), 6);
}

TEST_F(PipelineTest, a_write_that_waited_too_long_for_a_row_tries_again) {
  Database& db = start({.lock_timeout = 30ms});
  admin.script(R"(INSERT INTO "Thing" VALUES (1, 'a'))").value();
  admin.script(R"(BEGIN; UPDATE "Thing" SET name = 'held')").value();
  const auto write = [&]() -> Task<void> {
    const auto rows = co_await db.write(rename_thing, 1, "new");
    EXPECT_TRUE(rows) << (rows ? "" : rows.error().message);
  };
  const auto release = [&]() -> Task<void> {
    co_await pause(80ms);
    EXPECT_TRUE(admin.script("COMMIT"));
  };
  go(write());
  go(release());
  finish();
  EXPECT_EQ(admin.query(R"(SELECT name FROM "Thing")")->text(0, 0), "new");
}

TEST_F(PipelineTest, a_row_that_stays_locked_is_a_timeout_in_the_end) {
  Database& db = start({.lock_timeout = 10ms});
  admin.script(R"(INSERT INTO "Thing" VALUES (1, 'a'))").value();
  admin.script(R"(BEGIN; UPDATE "Thing" SET name = 'held')").value();
  const auto write = [&]() -> Task<void> {
    const auto rows = co_await db.write(rename_thing, 1, "new");
    EXPECT_TRUE(!rows && rows.error().sqlstate == "55P03" && to_problem(rows.error()).code == "timeout");
  };
  go(write());
  finish();
  admin.script("ROLLBACK").value();
}

TEST_F(PipelineTest, a_deadlock_passes) {
  Database& db = start({.writers = 2, .lock_timeout = 5s});
  admin.script(R"(INSERT INTO "Thing" VALUES (1, 'a'), (2, 'b'))").value();
  const auto write = [&](int one, int two) -> Task<void> {
    const auto rows = co_await db.write(rename_both, one, two);
    EXPECT_TRUE(rows && rows->size() == 1) << (rows ? "" : rows.error().message);
  };
  const auto start_of_both = Clock::now();
  go(write(1, 2));
  go(write(2, 1));
  finish();
  EXPECT_GT(Clock::now() - start_of_both, 900ms);  // they did wait for each other, until PostgreSQL looked
}

TEST_F(PipelineTest, stopping_tells_those_who_wait) {
  Database& db = start({.writers = 1});
  int told = 0;
  const auto read = [&]() -> Task<void> {
    auto query = db.read(slow_echo, 2000, 1);
    const auto rows = co_await query;
    EXPECT_TRUE(!rows && rows.error().connection_lost);
    ++told;
  };
  const auto write = [&](int id) -> Task<void> {
    const auto rows = co_await db.write(add_thing_slowly, 2000, id);
    EXPECT_TRUE(!rows && rows.error().connection_lost);
    ++told;
  };
  const auto end = [&]() -> Task<void> {
    co_await pause(50ms);
    co_await db.stop();
  };
  go(read());
  go(write(1));
  go(write(2));  // in line
  go(end());
  finish();
  EXPECT_EQ(told, 3);
}

// The check at start-up ------------------------------------------------------------------------------------------

TEST_F(PipelineTest, the_check_names_the_statement_that_does_not_fit) {
  const auto trouble_with = [&](std::string_view name) {
    const auto checked = check_statements(url);
    return !checked && checked.error().message.find(fmt::format("\n  {}: ", name)) != std::string::npos;
  };
  EXPECT_FALSE(trouble_with("test_find_thing"));
  admin.script(R"(ALTER TABLE "Thing" ADD more int)").value();
  EXPECT_TRUE(trouble_with("test_find_thing"));  // a column too many
  admin.script(R"(ALTER TABLE "Thing" DROP more; ALTER TABLE "Thing" ALTER name TYPE varchar)").value();
  EXPECT_TRUE(trouble_with("test_find_thing"));  // a column of another type
  admin.script(R"(ALTER TABLE "Thing" ALTER name TYPE text)").value();
  EXPECT_FALSE(trouble_with("test_find_thing"));
  EXPECT_FALSE(trouble_with("test_read_gone"));
  admin.script(R"(DROP TABLE "Gone")").value();
  EXPECT_TRUE(trouble_with("test_read_gone"));
  admin.script(R"(CREATE TABLE "Gone" (id bigint))").value();
  EXPECT_TRUE(trouble_with("test_read_gone"));
}

}  // namespace
}  // namespace pim::pg
