#include "observe/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>

namespace pim::observe {
namespace {

// What is larger is counted as the last one: there are some 200 of either today.
constexpr std::size_t routes_max = 512, statements_max = 1024, slow_kept_max = 100;
constexpr Nanoseconds slow = std::chrono::seconds{1};
constexpr std::array known_statuses{200, 201, 202, 204, 206, 301, 302, 304, 400, 401, 403, 404, 405, 408,
                                    409, 410, 412, 413, 414, 415, 416, 422, 423, 428, 429, 431, 500, 503};

// Written by one thread, read by any.
class Number {
 public:
  void add(std::int64_t by) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  std::int64_t read() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_ = 0;
};

struct TimeNumbers {
  std::array<Number, time_classes.size() + 1> classes;
  Number nanoseconds, count;

  void add(Nanoseconds time) noexcept {
    std::size_t i = 0;
    while (i < time_classes.size() && time > time_classes[i]) ++i;
    classes[i].add(1);
    nanoseconds.add(time.count());
    count.add(1);
  }
  void add_to(Times& sum) const {
    for (std::size_t i = 0; i < classes.size(); ++i) sum.classes[i] += static_cast<std::uint64_t>(classes[i].read());
    sum.nanoseconds += static_cast<std::uint64_t>(nanoseconds.read());
    sum.count += static_cast<std::uint64_t>(count.read());
  }
};

struct OfRoute {
  std::array<Number, known_statuses.size() + 1> statuses;  // the last: another one
  TimeNumbers times;
};
struct OfStatement {
  TimeNumbers times;
  Number failed;
};

// What one thread counted. It stays when the thread has ended.
struct Shard {
  std::vector<OfRoute> routes{routes_max};
  std::vector<OfStatement> statements{statements_max};
  std::array<Number, gauges> changes;
  Number lost_connections;
};

std::mutex shards_mutex;
std::vector<std::unique_ptr<Shard>>& shards() {
  static std::vector<std::unique_ptr<Shard>> all;
  return all;
}

Shard& here() {
  thread_local Shard* const mine = [] {
    const std::lock_guard guard(shards_mutex);
    return shards().emplace_back(std::make_unique<Shard>()).get();
  }();
  return *mine;
}

std::mutex slow_mutex;
std::vector<SlowStatement> slow_statements;

}  // namespace

void count_request(std::size_t route, int status, Nanoseconds time) noexcept {
  OfRoute& counted = here().routes[std::min(route, routes_max - 1)];
  const auto* const known = std::ranges::lower_bound(known_statuses, status);
  const bool is_known = known != known_statuses.end() && *known == status;
  counted.statuses[is_known ? static_cast<std::size_t>(known - known_statuses.begin()) : known_statuses.size()].add(1);
  counted.times.add(time);
}

void count_statement(std::size_t statement, Nanoseconds time, bool failed) noexcept {
  OfStatement& counted = here().statements[std::min(statement, statements_max - 1)];
  counted.times.add(time);
  if (failed) counted.failed.add(1);
  if (time < slow) return;
  const std::lock_guard guard(slow_mutex);
  if (slow_statements.size() < slow_kept_max) slow_statements.push_back({statement, time.count() / 1'000'000});
}

void change(Gauge gauge, std::int64_t by) noexcept { here().changes[static_cast<std::size_t>(gauge)].add(by); }
void count_lost_connection() noexcept { here().lost_connections.add(1); }

Counts counts() {
  Counts sum;
  sum.routes.resize(routes_max);
  sum.statements.resize(statements_max);
  std::vector<std::array<std::uint64_t, known_statuses.size() + 1>> statuses(routes_max);
  const std::lock_guard guard(shards_mutex);
  for (const auto& shard : shards()) {
    for (std::size_t i = 0; i < routes_max; ++i) {
      for (std::size_t j = 0; j < statuses[i].size(); ++j) {
        statuses[i][j] += static_cast<std::uint64_t>(shard->routes[i].statuses[j].read());
      }
      shard->routes[i].times.add_to(sum.routes[i].times);
    }
    for (std::size_t i = 0; i < statements_max; ++i) {
      shard->statements[i].times.add_to(sum.statements[i].times);
      sum.statements[i].failed += static_cast<std::uint64_t>(shard->statements[i].failed.read());
    }
    for (std::size_t i = 0; i < gauges; ++i) sum.gauges[i] += shard->changes[i].read();
    sum.lost_connections += static_cast<std::uint64_t>(shard->lost_connections.read());
  }
  for (std::size_t i = 0; i < routes_max; ++i) {
    for (std::size_t j = 0; j < statuses[i].size(); ++j) {
      if (statuses[i][j] == 0) continue;
      sum.routes[i].statuses.emplace_back(j < known_statuses.size() ? known_statuses[j] : 0, statuses[i][j]);
    }
  }
  return sum;
}

std::vector<SlowStatement> take_slow_statements() {
  const std::lock_guard guard(slow_mutex);
  return std::exchange(slow_statements, {});
}

std::uint64_t slower_than_a_second(const Times& times) {
  std::uint64_t sum = times.classes.back();
  for (std::size_t i = 0; i < time_classes.size(); ++i) sum += time_classes[i] > slow ? times.classes[i] : 0;
  return sum;
}

double quantile_seconds(const Times& times, double quantile) {
  const auto wanted = static_cast<double>(times.count) * quantile;
  double seen = 0;
  for (std::size_t i = 0; i < time_classes.size(); ++i) {
    seen += static_cast<double>(times.classes[i]);
    if (seen >= wanted && seen > 0) return std::chrono::duration<double>(time_classes[i]).count();
  }
  return times.count == 0 ? 0 : std::chrono::duration<double>(time_classes.back()).count();
}

void Exposition::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  fmt::format_to(std::back_inserter(out_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void Exposition::line(std::string_view suffix, Labels labels, std::string_view le, double value) {
  out_ += name_;
  out_ += suffix;
  bool first = true;
  const auto add = [&](std::string_view label, std::string_view text) {
    out_ += first ? '{' : ',';
    first = false;
    fmt::format_to(std::back_inserter(out_), "{}=\"", label);
    for (const char c : text) {
      if (c == '"' || c == '\\') out_ += '\\';
      out_ += c == '\n' ? ' ' : c;
    }
    out_ += '"';
  };
  for (const auto& [label, text] : labels) add(label, text);
  if (!le.empty()) add("le", le);
  if (!first) out_ += '}';
  fmt::format_to(std::back_inserter(out_), " {}\n", value);
}

void Exposition::sample(Labels labels, double value) { line({}, labels, {}, value); }

void Exposition::histogram(Labels labels, const Times& times) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < time_classes.size(); ++i) {
    sum += times.classes[i];
    line("_bucket", labels, fmt::format("{}", std::chrono::duration<double>(time_classes[i]).count()),
         static_cast<double>(sum));
  }
  line("_bucket", labels, "+Inf", static_cast<double>(times.count));
  line("_sum", labels, {}, static_cast<double>(times.nanoseconds) / 1e9);
  line("_count", labels, {}, static_cast<double>(times.count));
}

}  // namespace pim::observe
