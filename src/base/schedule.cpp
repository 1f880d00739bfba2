#include "base/schedule.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <span>
#include <string>
#include <vector>

namespace pim {
namespace {

using std::chrono::local_days;
constexpr int days_searched_max = 8 * 366;

constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekday_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct Part {
  std::string_view name;
  unsigned min, max;
  std::span<const std::string_view> names;  // of min, min + 1, …
};
constexpr std::array<Part, 5> parts{{{"minute", 0, 59, {}},
                                     {"hour", 0, 23, {}},
                                     {"day of the month", 1, 31, {}},
                                     {"month", 1, 12, month_names},
                                     {"day of the week", 0, 7, weekday_names}}};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const std::size_t end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

std::optional<unsigned> number_of(std::string_view text, const Part& part) {
  for (std::size_t i = 0; i < part.names.size(); ++i) {
    std::string lower;
    for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower == part.names[i]) return part.min + static_cast<unsigned>(i);
  }
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < part.min || number > part.max) return {};
  return number;
}

// One item of a list: "*", "5", "1-5", each with "/2" behind it.
bool add_range(std::string_view text, const Part& part, std::bitset<64>& into) {
  const std::size_t slash = text.find('/');
  unsigned step = 1;
  if (slash != std::string_view::npos) {
    const auto given = number_of(text.substr(slash + 1), {part.name, 1, part.max, {}});
    if (!given) return false;
    step = *given;
    text = text.substr(0, slash);
  }
  unsigned first = part.min, last = part.max;
  if (text != "*") {
    const std::size_t dash = text.find('-');
    const auto from = number_of(text.substr(0, dash), part);
    const auto to = dash == std::string_view::npos ? from : number_of(text.substr(dash + 1), part);
    if (!from || !to || *from > *to) return false;
    first = *from;
    last = dash == std::string_view::npos && slash != std::string_view::npos ? part.max : *to;
  }
  for (unsigned value = first; value <= last; value += step) into.set(value);
  return true;
}

template <std::size_t size>
std::bitset<size> narrowed(const std::bitset<64>& bits) {
  return std::bitset<size>(bits.to_ullong());
}

}  // namespace

Result<Schedule> Schedule::parse(std::string_view text) {
  std::vector<std::string_view> fields;
  for (const std::string_view field : split(text, ' ')) {
    if (!field.empty()) fields.push_back(field);
  }
  if (fields.size() != parts.size()) {
    return failure("A schedule has five parts: minute, hour, day of the month, month, day of the week.",
                   "Write \"0 2 * * *\" for every night at two.");
  }
  std::array<std::bitset<64>, 5> bits;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (const std::string_view item : split(fields[i], ',')) {
      if (!add_range(item, parts[i], bits[i])) {
        return failure(
            fmt::format("\"{}\" is no {} of a schedule.", item, parts[i].name),
            fmt::format("It is a number from {} to {}, a range such as 1-5, or *.", parts[i].min, parts[i].max));
      }
    }
  }
  Schedule schedule;
  schedule.minutes_ = narrowed<60>(bits[0]);
  schedule.hours_ = narrowed<24>(bits[1]);
  schedule.days_ = narrowed<32>(bits[2]);
  schedule.months_ = narrowed<13>(bits[3]);
  schedule.weekdays_ = narrowed<8>(bits[4]);
  if (schedule.weekdays_[7]) schedule.weekdays_.set(0);  // both are Sunday
  schedule.any_day_ = fields[2].starts_with('*');
  schedule.any_weekday_ = fields[4].starts_with('*');
  return schedule;
}

bool Schedule::has_day(local_days day) const {
  const std::chrono::year_month_day date(day);
  const bool is_day = days_[static_cast<unsigned>(date.day())];
  const bool is_weekday = weekdays_[std::chrono::weekday(day).c_encoding()];
  if (!months_[static_cast<unsigned>(date.month())]) return false;
  return any_day_ || any_weekday_ ? is_day && is_weekday : is_day || is_weekday;
}

std::optional<WallTime> Schedule::last(WallTime now) const {
  using namespace std::chrono;
  local_days day = floor<days>(now);
  int from = static_cast<int>(duration_cast<minutes>(now - day).count());
  for (int i = 0; i < days_searched_max; ++i, day -= days{1}, from = 24 * 60 - 1) {
    if (!has_day(day)) continue;
    for (int minute = from; minute >= 0; --minute) {
      if (hours_[static_cast<std::size_t>(minute) / 60] && minutes_[static_cast<std::size_t>(minute) % 60]) {
        return day + minutes{minute};
      }
    }
  }
  return std::nullopt;
}

std::optional<WallTime> Schedule::next(WallTime now) const {
  using namespace std::chrono;
  local_days day = floor<days>(now);
  int from = static_cast<int>(duration_cast<minutes>(now - day).count()) + 1;
  for (int i = 0; i < days_searched_max; ++i, day += days{1}, from = 0) {
    if (!has_day(day)) continue;
    for (int minute = from; minute < 24 * 60; ++minute) {
      if (hours_[static_cast<std::size_t>(minute) / 60] && minutes_[static_cast<std::size_t>(minute) % 60]) {
        return day + minutes{minute};
      }
    }
  }
  return std::nullopt;
}

}  // namespace pim
