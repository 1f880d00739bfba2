// What the program counts of itself. Each thread counts for itself, in numbers that only it writes, so that counting
// costs some nanoseconds and waits for nobody; whoever asks adds them up.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pim::observe {

using Nanoseconds = std::chrono::nanoseconds;

// Upper ends of the classes that times are counted in; what is longer than the last one is in a class of its own.
inline constexpr std::array<Nanoseconds, 12> time_classes{
    std::chrono::microseconds{500}, std::chrono::milliseconds{1},   std::chrono::microseconds{2500},
    std::chrono::milliseconds{5},   std::chrono::milliseconds{10},  std::chrono::milliseconds{25},
    std::chrono::milliseconds{50},  std::chrono::milliseconds{100}, std::chrono::milliseconds{250},
    std::chrono::milliseconds{500}, std::chrono::seconds{1},        std::chrono::seconds{5}};

struct Times {
  std::array<std::uint64_t, time_classes.size() + 1> classes{};
  std::uint64_t nanoseconds = 0, count = 0;
};

// `route` is the number of a route; 0 for what has none.
void count_request(std::size_t route, int status, Nanoseconds time) noexcept;
// `statement` is the index of a statement.
void count_statement(std::size_t statement, Nanoseconds time, bool failed) noexcept;

enum class Gauge : std::uint8_t { connections, statements_under_way, waiting_for_connection, leads };
inline constexpr std::size_t gauges = 4;
void change(Gauge gauge, std::int64_t by) noexcept;
void count_lost_connection() noexcept;

struct RouteCounts {
  std::vector<std::pair<int, std::uint64_t>> statuses;  // those that there were
  Times times;
};
struct StatementCounts {
  Times times;
  std::uint64_t failed = 0;
};
struct Counts {
  std::vector<RouteCounts> routes;          // by number
  std::vector<StatementCounts> statements;  // by index
  std::array<std::int64_t, gauges> gauges{};
  std::uint64_t lost_connections = 0;
};
// Of all threads. Numbers of routes and statements that were never counted may be missing at the end.
Counts counts();

// Statements that took longer than a second, since the last time that somebody asked; at most a hundred are kept.
struct SlowStatement {
  std::size_t statement;
  std::int64_t milliseconds;
};
std::vector<SlowStatement> take_slow_statements();

std::uint64_t slower_than_a_second(const Times& times);
// The longest time that fits in the share `quantile` of them, from the classes; 0 where there were none.
double quantile_seconds(const Times& times, double quantile);

// Writes the exposition format of Prometheus.
class Exposition {
 public:
  explicit Exposition(std::string& out) : out_(out) {}
  // Begins a family: its samples follow.
  void family(std::string_view name, std::string_view type, std::string_view help);
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;
  void sample(Labels labels, double value);
  void histogram(Labels labels, const Times& times);

 private:
  void line(std::string_view suffix, Labels labels, std::string_view le, double value);
  std::string& out_;
  std::string name_;
};

}  // namespace pim::observe
