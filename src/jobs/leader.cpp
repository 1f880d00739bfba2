#include "jobs/leader.hpp"

#include "observe/log.hpp"
#include "observe/metrics.hpp"
#include "ops/cleanup/cleanup.hpp"
#include "sql/jobs.hpp"
#include "sql/ops/alerts.hpp"

namespace pim::jobs {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds leader_pause = 1s, leader_pause_without_database = 2s;
// Looks are far apart where each takes long: the events of a busy hour are many.
constexpr std::chrono::steady_clock::duration look_interval = 5s;
constexpr int rests_per_look = 20;

// A machine that went away without a word must not keep the lock for long.
constexpr std::string_view leader_options =
    "-c lock_timeout=1000 -c statement_timeout=60000 -c tcp_keepalives_idle=10 "
    "-c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

std::optional<Schedule> schedule_of(const std::string& text) {
  auto schedule = Schedule::parse(text);
  return schedule ? std::optional(*schedule) : std::nullopt;  // "off"; anything else was refused before
}

void log_trouble(std::string_view event, const pg::Error& error) {
  observe::Line(observe::Level::warn, event).add("trouble", error.message);
}

void log_run(const ops::cleanup::Ended& ended) {
  observe::Line line(ended.state == "done" ? observe::Level::info : observe::Level::warn, "cleanup.run");
  line.add("run", ended.id).add("state", ended.state).add("purged", ended.purged).add("held", ended.held);
  line.add("failed", ended.failed);
  if (!ended.trouble.empty()) line.add("trouble", ended.trouble);
}

}  // namespace

Leader::Leader(std::string database_url, const config::Config& config, const std::string& secret)
    : database_url_(std::move(database_url)),
      config_(config),
      cleanup_schedule_(schedule_of(config.cleanup_schedule)),
      notices_(config, secret),
      watcher_(config),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Leader::wait(const std::stop_token& stop, std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, stop, time, [] { return false; });
}

void Leader::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    auto connection = pg::Blocking::connect(database_url_, leader_options);
    bool leads = false;
    while (connection && !stop.stop_requested()) {
      if (!leads) {
        const auto taken = connection->query(std::string(sql::jobs::take_lead));
        if (!taken) break;
        leads = taken->number(0, 0) == 1;
        if (leads) observe::change(observe::Gauge::leads, 1);
        if (leads) observe::Line(observe::Level::info, "leader.begun").add("pid", connection->backend_pid());
      }
      if (!ops::alerts::note_slow_statements(*connection)) break;
      if (leads ? !lead(*connection, stop) : !look_at_clock(*connection)) break;
      wait(stop, leader_pause);
    }
    if (leads) observe::change(observe::Gauge::leads, -1);
    wait(stop, leader_pause_without_database);
  }
}

bool Leader::lead(pg::Blocking& connection, const std::stop_token& stop) {
  return watch(connection) && clean(connection, stop);
}

bool Leader::watch(pg::Blocking& connection) {
  const auto begun = std::chrono::steady_clock::now();
  if (begun < looks_again_at_) return true;
  const auto looked = watcher_.look(connection);
  const auto ended = std::chrono::steady_clock::now();
  looks_again_at_ = begun + std::max(look_interval, rests_per_look * (ended - begun));
  if (!looked) log_trouble("alerts.failed", looked.error());
  return looked.has_value() && connection.script(std::string(sql::ops::alerts::tidy)).has_value();
}

void Leader::watch_meanwhile(const std::stop_token& cleaned) {
  while (!cleaned.stop_requested()) {
    auto connection = pg::Blocking::connect(database_url_, leader_options);
    while (connection && !cleaned.stop_requested() && watch(*connection)) wait(cleaned, leader_pause);
    wait(cleaned, leader_pause);
  }
}

// Every server looks: whoever is the first to find it wrong says so.
std::optional<ops::cleanup::SeenClock> Leader::look_at_clock(pg::Blocking& connection) {
  const auto clock = clock_.look(connection, config_.time_zone);
  if (!clock) {
    log_trouble("cleanup.clock", clock.error());
    return std::nullopt;
  }
  if (clock->is_new) observe::Line(observe::Level::error, "cleanup.stopped").add("trouble", *clock->trouble);
  return *clock;
}

bool Leader::clean(pg::Blocking& connection, const std::stop_token& stop) {
  namespace cleanup = ops::cleanup;
  const auto clock = look_at_clock(connection);
  if (!clock) return false;
  if (clock->trouble) return true;
  if (const auto told = notices_.send(connection, clock->local); !told) {
    log_trouble("cleanup.mails", told.error());
    return false;
  }
  if (!cleanup_schedule_) return true;
  const auto slot = cleanup::due_slot(connection, *cleanup_schedule_, clock->local);
  const auto retries = cleanup::has_retries(connection);
  if (!slot || !retries) return false;
  if (!*slot && !*retries) return true;

  const auto locked = cleanup::lock(connection);
  if (!locked || !*locked) return locked.has_value();  // somebody cleans by hand
  auto second = pg::Blocking::connect(database_url_, leader_options);
  if (!second) return false;
  cleanup::Cleaner cleaner(connection, *second, config_.retention_days, [&stop] { return !stop.stop_requested(); });
  const std::jthread watching([this](const std::stop_token& cleaned) { watch_meanwhile(cleaned); });
  const auto ended = cleaner.run(*slot ? cleanup::Trigger::schedule : cleanup::Trigger::retry, *slot);
  if (!ended) {
    log_trouble("cleanup.broken_off", ended.error());
    return false;
  }
  if (*ended) log_run(**ended);
  return cleanup::unlock(connection).has_value();
}

}  // namespace pim::jobs
