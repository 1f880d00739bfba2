#include "base/time.hpp"

#include <charconv>

namespace pim {
namespace {

using std::chrono::microseconds;

// Takes pieces off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() const { return text_.empty(); }
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  // A number of exactly so many digits, `min` to `max`.
  bool number(std::size_t digits, int min, int max, int& value) {
    if (text_.size() < digits) return false;
    const char* const end = text_.data() + digits;
    const auto [stop, error] = std::from_chars(text_.data(), end, value);
    if (error != std::errc{} || stop != end || text_.front() == '-' || value < min || value > max) return false;
    text_.remove_prefix(digits);
    return true;
  }
  // The digits of a fraction of a second, in microseconds.
  bool fraction(int& value) {
    std::size_t digits = 0;
    for (value = 0; digits < text_.size() && text_[digits] >= '0' && text_[digits] <= '9'; ++digits) {
      if (digits < 6) value = value * 10 + (text_[digits] - '0');
    }
    for (std::size_t i = digits; i < 6; ++i) value *= 10;
    text_.remove_prefix(digits);
    return digits > 0;
  }

 private:
  std::string_view text_;
};

std::optional<microseconds> zone(Scanner& scan) {
  if (scan.at_end() || scan.take('Z')) return microseconds{0};
  const bool ahead = scan.take('+');
  if (!ahead && !scan.take('-')) return std::nullopt;
  int hours = 0, minutes = 0;
  if (!scan.number(2, 0, 23, hours)) return std::nullopt;
  scan.take(':');
  if (!scan.number(2, 0, 59, minutes)) return std::nullopt;
  const auto offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  return ahead ? offset : -offset;
}

}  // namespace

std::optional<std::chrono::sys_time<microseconds>> parse_time(std::string_view text) {
  Scanner scan(text);
  int year = 0, month = 0, day = 0;
  if (!scan.number(4, 1, 9999, year) || !scan.take('-') || !scan.number(2, 1, 12, month) || !scan.take('-') ||
      !scan.number(2, 1, 31, day)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  std::chrono::sys_time<microseconds> time = std::chrono::sys_days{date};
  if (scan.at_end()) return time;

  int hours = 0, minutes = 0, seconds = 0, fraction = 0;
  if (!scan.take('T') && !scan.take(' ')) return std::nullopt;
  if (!scan.number(2, 0, 23, hours) || !scan.take(':') || !scan.number(2, 0, 59, minutes)) return std::nullopt;
  if (scan.take(':') && !scan.number(2, 0, 59, seconds)) return std::nullopt;
  if (scan.take('.') && !scan.fraction(fraction)) return std::nullopt;
  const auto offset = zone(scan);
  if (!offset || !scan.at_end()) return std::nullopt;
  time += std::chrono::hours{hours} + std::chrono::minutes{minutes} + std::chrono::seconds{seconds};
  return time + microseconds{fraction} - *offset;
}

}  // namespace pim
