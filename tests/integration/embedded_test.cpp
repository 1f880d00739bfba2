// Our own PostgreSQL, as far as it can't be seen from the command line: how programs are run as another user, what
// is believed of a pid file, and who brings a dead cluster back.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <sstream>
#include <thread>

#include "pg/blocking.hpp"
#include "pg/embedded/cluster.hpp"
#include "pg/embedded/files.hpp"
#include "pg/embedded/process.hpp"
#include "test_cluster.hpp"

namespace pim::pg::embedded {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

Finished shell(const std::string& script) {
  return run_as(unprivileged_account().value(), "/bin/sh", {"-c", script}).value();
}

// Running programs ------------------------------------------------------------------------------------------------

TEST(RunAs, gives_what_was_printed_and_the_exit_code) {
  const Finished finished = shell("echo out; echo err >&2; exit 7");
  EXPECT_EQ(finished.exit_code, 7);
  EXPECT_EQ(finished.output, "out\nerr\n");
}

TEST(RunAs, tells_signals_and_programs_that_are_not_there_by_their_codes) {
  EXPECT_EQ(shell("kill -9 $$").exit_code, 128 + SIGKILL);
  EXPECT_EQ(run_as(unprivileged_account().value(), "/no/such/program", {})->exit_code, 127);
}

TEST(RunAs, hands_arguments_over_as_they_are) {
  const auto finished = run_as(unprivileged_account().value(), "/usr/bin/printf", {"%s|", "a b", "$HOME", "", "'\"`"});
  EXPECT_EQ(finished->output, "a b|$HOME||'\"`|");
}

TEST(RunAs, takes_output_of_any_length) {
  EXPECT_EQ(shell("head -c 3000000 /dev/zero | tr '\\0' x").output.size(), 3'000'000U);
}

TEST(RunAs, never_runs_anything_as_root) {
  const Account account = unprivileged_account().value();
  EXPECT_NE(account.user, 0U);
  EXPECT_EQ(shell("id -u; id -g").output, fmt::format("{}\n{}\n", account.user, account.group));
  EXPECT_THAT(shell("id -G").output, testing::Not(testing::MatchesRegex("(.* )?0( .*)?\n")));
}

TEST(RunAs, lets_the_program_inherit_nothing_but_its_standard_streams) {
  const int secret = ::open("/etc/passwd", O_RDONLY);  // without O_CLOEXEC
  ASSERT_GT(secret, 2);
  EXPECT_EQ(shell("for n in $(seq 3 40); do [ -e /proc/$$/fd/$n ] && echo $n; done; echo end").output, "end\n");
  ::close(secret);
  EXPECT_EQ(shell("readlink /proc/self/fd/0; pwd").output, "/dev/null\n/\n");
}

TEST(RunAs, lets_the_program_inherit_the_one_descriptor_that_it_is_given) {
  for (const int given : {::open("/etc/hostname", O_RDONLY | O_CLOEXEC), ::open("/etc/passwd", O_RDONLY | O_CLOEXEC)}) {
    const auto seen = run_as(unprivileged_account().value(), "/bin/sh",
                             {"-c", "for n in $(seq 3 40); do readlink /proc/$$/fd/$n; done; echo end"}, given);
    EXPECT_EQ(seen->output, fs::read_symlink(fmt::format("/proc/self/fd/{}", given)).string() + "\nend\n");
  }
}

TEST(FolderLock, is_held_as_long_as_somebody_has_its_descriptor) {
  std::string folder = "/tmp/pixelpim-lock-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  std::string left;
  {
    const auto lock = FolderLock::take(folder);
    ASSERT_TRUE(lock);
    EXPECT_FALSE(FolderLock::take(folder));
    // What it leaves behind in the background has it still, when this lock is gone.
    left = run_as(unprivileged_account().value(), "/bin/sh", {"-c", "sleep 600 >/dev/null 2>&1 & echo $!"},
                  lock->descriptor())
               ->output;
  }
  EXPECT_FALSE(FolderLock::take(folder));
  ASSERT_EQ(::kill(std::stoi(left), SIGKILL), 0);
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (!FolderLock::take(folder) && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(20ms);
  EXPECT_TRUE(FolderLock::take(folder));
  fs::remove(folder);
  EXPECT_FALSE(FolderLock::take(folder));
}

TEST(RunAs, gives_the_program_its_signals_back) {
  sigset_t blocked;
  sigset_t before;
  sigfillset(&blocked);
  ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, &blocked, &before), 0);
  const Finished finished = shell("grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -d '0:\\t\\n'");
  ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, &before, nullptr), 0);
  EXPECT_EQ(finished.output, "SigBlkSigIgn");
}

// A cluster -------------------------------------------------------------------------------------------------------

// One of the tests' own, which may be hurt; made once, for it takes a second.
class EmbeddedTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string name = "/tmp/pixelpim-embedded-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    fs::permissions(name, fs::perms(0755));
    folder = name;
  }
  static void TearDownTestSuite() {
    std::ignore = Cluster::in(state())->stop();
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
  static fs::path state() { return folder / "state"; }

  static Outcome<Blocking> connect() { return Blocking::connect(Cluster::in(state())->url()); }
  void start() { ASSERT_TRUE(cluster.start()); }
  // The pid file of a cluster that does not run.
  void write_pid_file(const std::string& text) { std::ofstream(state() / "postgres/postmaster.pid") << text; }
  void kill_postmaster() {
    const pid_t pid = cluster.status().pid;
    ASSERT_GT(pid, 0);
    ::kill(pid, SIGKILL);
    while (cluster.status().pid == pid) std::this_thread::sleep_for(1ms);
  }

  static inline fs::path folder;
  Cluster cluster = Cluster::in(state()).value();
};

TEST_F(EmbeddedTest, is_described_before_it_is_there) {
  const Status status = Cluster::in(folder / "nothing")->status();
  EXPECT_FALSE(status.running);
  EXPECT_EQ(status.pid, 0);
  EXPECT_EQ(status.version, "");
  EXPECT_EQ(status.data, folder / "nothing/postgres");
  EXPECT_TRUE(Cluster::in(folder / "nothing")->stop());
  EXPECT_FALSE(fs::exists(folder / "nothing"));
}

TEST_F(EmbeddedTest, starts_once_for_many_who_start_it_at_once) {
  std::vector<std::future<pid_t>> starters;
  for (int i = 0; i < 4; ++i) {
    starters.push_back(std::async(std::launch::async, [] {
      auto mine = Cluster::in(state()).value();
      mine.start().value();
      return mine.status().pid;
    }));
  }
  const pid_t pid = starters.front().get();
  EXPECT_GT(pid, 0);
  for (std::size_t i = 1; i < starters.size(); ++i) EXPECT_EQ(starters[i].get(), pid);
  EXPECT_EQ(connect()->query("SELECT current_database(), current_user")->text(0, 0), "pixelpim");
}

TEST_F(EmbeddedTest, checks_its_pages_and_knows_its_users_by_the_socket) {
  start();
  auto db = connect().value();
  EXPECT_EQ(db.query("SHOW data_checksums")->text(0, 0), "on");
  EXPECT_EQ(db.query("SHOW listen_addresses")->text(0, 0), "");
  const auto rules = db.query("SELECT DISTINCT type, auth_method, options::text FROM pg_hba_file_rules");
  ASSERT_EQ(rules->size(), 1);
  EXPECT_EQ(rules->text(0, 0), "local");
  EXPECT_EQ(rules->text(0, 1), "peer");
  EXPECT_EQ(rules->text(0, 2), "{map=pixelpim}");
  EXPECT_EQ(db.query("SELECT count(*) FROM pg_hba_file_rules WHERE error IS NOT NULL")->number(0, 0), 0);
  struct stat data{};
  ASSERT_EQ(::stat((state() / "postgres").c_str(), &data), 0);
  EXPECT_EQ(data.st_mode & 0077, 0U);
  EXPECT_NE(data.st_uid, 0U);
}

TEST_F(EmbeddedTest, keeps_the_settings_of_its_operator) {
  start();
  ASSERT_TRUE(cluster.stop());
  std::ofstream(state() / "postgres/postgresql.conf", std::ios::app) << "work_mem = '7MB'\nmax_connections = 123\n";
  start();
  EXPECT_EQ(connect()->query("SHOW work_mem")->text(0, 0), "7MB");
  EXPECT_EQ(connect()->query("SHOW max_connections")->text(0, 0), "123") << "what stands last in the file wins";
}

TEST_F(EmbeddedTest, makes_its_database_again_where_it_was_dropped) {
  start();
  const std::string url = cluster.url();
  const std::string maintenance = "postgresql:///postgres" + url.substr(url.find('?'));
  ASSERT_TRUE(Blocking::connect(maintenance)->query("DROP DATABASE pixelpim WITH (FORCE)"));
  start();
  EXPECT_TRUE(connect());
}

TEST_F(EmbeddedTest, cuts_off_who_is_connected_when_it_stops) {
  start();
  auto db = connect().value();
  ASSERT_TRUE(db.script("BEGIN; CREATE TABLE left_open ()"));
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(cluster.stop());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  EXPECT_FALSE(cluster.status().running);
  const auto lost = db.query("SELECT 1");
  ASSERT_FALSE(lost);
  EXPECT_TRUE(lost.error().connection_lost);
  start();
  EXPECT_EQ(connect()->query("SELECT to_regclass('left_open') IS NULL")->text(0, 0), "t");
}

TEST_F(EmbeddedTest, does_not_believe_a_pid_file_that_names_no_server) {
  start();
  ASSERT_TRUE(cluster.stop());
  for (const std::string& text : {std::string(), std::string("nonsense\n"), std::string("-5\n"), std::string("0\n"),
                                  std::string("99999999999999999999\n"), fmt::format("{}\n", ::getpid())}) {
    write_pid_file(text);
    EXPECT_FALSE(cluster.status().running) << text;
    EXPECT_EQ(cluster.status().pid, 0) << text;
  }
  fs::remove(state() / "postgres/postmaster.pid");
  start();
}

TEST_F(EmbeddedTest, knows_a_dead_server_that_nobody_has_collected_yet) {
  start();
  kill_postmaster();
  EXPECT_FALSE(cluster.status().running);
  EXPECT_EQ(cluster.status().version, "15");
  start();
  EXPECT_TRUE(connect()->query("SELECT 1"));
}

TEST_F(EmbeddedTest, says_what_postgresql_says_when_it_does_not_start) {
  start();
  ASSERT_TRUE(cluster.stop());
  const fs::path version = state() / "postgres/PG_VERSION";
  std::ofstream(version) << "13\n";
  const auto refused = cluster.start();
  std::ofstream(version) << "15\n";
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("PostgreSQL 13"), HasSubstr((state() / "postgres").string())));
  EXPECT_THAT(refused.error().remedy, HasSubstr("postgresql-13"));
  start();
}

// The supervisor --------------------------------------------------------------------------------------------------

class Reports {
 public:
  std::function<void(const std::string&)> listener() {
    return [this](const std::string& text) {
      const std::scoped_lock lock(mutex_);
      texts_ += text + "\n";
    };
  }
  std::string all() {
    const std::scoped_lock lock(mutex_);
    return texts_;
  }

 private:
  std::mutex mutex_;
  std::string texts_;
};

TEST_F(EmbeddedTest, is_started_again_by_its_supervisor_whenever_it_dies) {
  start();
  Reports reports;
  {
    const Supervisor supervisor(cluster, reports.listener());
    for (int death = 0; death < 2; ++death) {
      kill_postmaster();
      const auto end = std::chrono::steady_clock::now() + 60s;
      while (!connect() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(20ms);
      EXPECT_TRUE(connect()) << "death " << death;
    }
  }
  EXPECT_THAT(reports.all(), AllOf(HasSubstr("PostgreSQL died"), HasSubstr("PostgreSQL runs again")));
}

TEST_F(EmbeddedTest, is_left_stopped_once_its_supervisor_is_gone) {
  start();
  Reports reports;
  {
    const Supervisor supervisor(cluster, reports.listener());
  }
  ASSERT_TRUE(cluster.stop());
  std::this_thread::sleep_for(500ms);
  EXPECT_FALSE(cluster.status().running);
  EXPECT_EQ(reports.all(), "");
}

TEST_F(EmbeddedTest, is_reported_when_it_can_not_be_started_and_tried_until_it_can) {
  start();
  const fs::path version = state() / "postgres/PG_VERSION";
  Reports reports;
  const Supervisor supervisor(cluster, reports.listener());
  std::ofstream(version) << "13\n";
  kill_postmaster();
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (!reports.all().contains("does not start") && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(20ms);
  EXPECT_THAT(reports.all(), HasSubstr("PostgreSQL does not start: The data in"));
  std::ofstream(version) << "15\n";
  while (!connect() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(20ms);
  EXPECT_TRUE(connect());
}

}  // namespace
}  // namespace pim::pg::embedded
