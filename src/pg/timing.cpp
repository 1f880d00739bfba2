#include "pg/timing.hpp"

#include "observe/log.hpp"

namespace pim::pg {
namespace {

std::chrono::nanoseconds slow_limit = std::chrono::seconds{1};

void log_slow(std::string_view name, const Cost* cost, std::chrono::nanoseconds time) {
  observe::Line line(observe::Level::warn, "statement.slow");
  line.add("statement", name).add("microseconds", std::chrono::floor<std::chrono::microseconds>(time).count());
  if (cost != nullptr) line.add("requestId", cost->request_id());
}

}  // namespace

void set_slow_statement(std::chrono::milliseconds limit) noexcept { slow_limit = limit; }

void note_time(std::string_view name, Cost* cost, std::chrono::nanoseconds time) noexcept {
  if (cost != nullptr) cost->add(time);
  if (time >= slow_limit) log_slow(name, cost, time);
}

}  // namespace pim::pg
