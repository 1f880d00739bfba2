// What one of the servers does for all of them, by the clock: the cleanup of the trash, the mails that tell of it, and
// looking for what is wrong. Which one is decided by a lock in the database; when it dies, the next one goes on.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/schedule.hpp"
#include "config/config.hpp"
#include "ops/alerts/alerts.hpp"
#include "ops/cleanup/clock.hpp"
#include "ops/cleanup/notice.hpp"
#include "pg/blocking.hpp"

namespace pim::jobs {

// A thread of its own, on a connection of its own, until it is destroyed.
class Leader {
 public:
  Leader(std::string database_url, const config::Config& config, const std::string& secret);

 private:
  void run(const std::stop_token& stop);
  // All that is to be done now. False where the database is away.
  bool lead(pg::Blocking& connection, const std::stop_token& stop);
  bool watch(pg::Blocking& connection);
  // Watches, on a connection of its own, while a cleanup goes on.
  void watch_meanwhile(const std::stop_token& cleaned);
  // nullopt where the database is away.
  std::optional<ops::cleanup::SeenClock> look_at_clock(pg::Blocking& connection);
  bool clean(pg::Blocking& connection, const std::stop_token& stop);
  void wait(const std::stop_token& stop, std::chrono::milliseconds time);

  std::string database_url_;
  const config::Config config_;
  std::optional<Schedule> cleanup_schedule_;
  ops::cleanup::ClockWatch clock_;
  ops::cleanup::Notices notices_;
  ops::alerts::Watcher watcher_;
  std::chrono::steady_clock::time_point looks_again_at_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace pim::jobs
