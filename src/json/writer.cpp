#include "json/writer.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/json/value.hpp>
#include <cstring>

namespace pim::json {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

// What a byte needs: 0 nothing, 'u' the form \u00XX, '+' it begins a longer UTF-8 character or is not valid,
// else the letter behind the backslash.
constexpr auto needs = [] {
  std::array<char, 256> table{};
  for (std::size_t i = 0; i < 0x20; ++i) table[i] = 'u';
  for (std::size_t i = 0x80; i < 256; ++i) table[i] = '+';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}();

std::uint8_t byte_at(std::string_view text, std::size_t index) { return static_cast<std::uint8_t>(text[index]); }

// The bytes of the UTF-8 character at the front of `text`; 0 where there is none.
std::size_t character_size(std::string_view text) {
  const std::uint8_t first = byte_at(text, 0);
  const std::size_t size = first >= 0xF0 && first <= 0xF4  ? 4
                           : first >= 0xE0 && first < 0xF0 ? 3
                           : first >= 0xC2 && first < 0xE0 ? 2
                                                           : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte_at(text, i) & 0xC0) != 0x80) return 0;
  }
  const std::uint8_t second = byte_at(text, 1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second >= 0xA0;
  const bool too_large = first == 0xF4 && second >= 0x90;
  return overlong || surrogate || too_large ? 0 : size;
}

// How many bytes at the front of `text` are copied as they are, in steps of eight at a time.
std::size_t plain_size(std::string_view text) {
  constexpr std::uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
  // The high bit of each byte that is zero; of another only behind one.
  constexpr auto zeros = [](std::uint64_t bytes) { return (bytes - ones) & ~bytes & highs; };
  std::size_t size = 0;
  for (; size + 8 <= text.size(); size += 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + size, 8);
    const std::uint64_t below_space = (bytes - ones * ' ') & ~bytes;
    if (((bytes | below_space | zeros(bytes ^ ones * '"') | zeros(bytes ^ ones * '\\')) & highs) != 0) break;
  }
  return size;
}

// With zeros before it.
template <std::size_t Count>
void append_digits(std::string& out, unsigned number) {
  std::array<char, Count> digits;
  for (std::size_t i = Count; i-- > 0; number /= 10) digits[i] = static_cast<char>('0' + number % 10);
  out.append(digits.data(), Count);
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t clean = 0;  // where the part begins that can be copied as it is
  std::size_t i = plain_size(text);
  while (i < text.size()) {
    const char need = needs[byte_at(text, i)];
    if (need == 0) {
      ++i;
      continue;
    }
    if (need == '+') {
      if (const std::size_t size = character_size(text.substr(i)); size != 0) {
        i += size;
        continue;
      }
    }
    out.append(text, clean, i - clean);
    if (need == '+') {
      out += replacement;
    } else if (need == 'u') {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte_at(text, i));
    } else {
      out += '\\';
      out += need;
    }
    clean = ++i;
  }
  out.append(text, clean, std::string_view::npos);
  out += '"';
}

void append_time(std::string& out, std::chrono::sys_time<std::chrono::microseconds> time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<milliseconds>(time - day)};
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) {
    fmt::format_to(std::back_inserter(out), "\"{:04}", year);
  } else {
    out += '"';
    append_digits<4>(out, static_cast<unsigned>(year));
  }
  // (Every row has two of these: formatting by a pattern took half of the time that a list took.)
  append_digits<2>(out += '-', static_cast<unsigned>(date.month()));
  append_digits<2>(out += '-', static_cast<unsigned>(date.day()));
  append_digits<2>(out += 'T', static_cast<unsigned>(clock.hours().count()));
  append_digits<2>(out += ':', static_cast<unsigned>(clock.minutes().count()));
  append_digits<2>(out += ':', static_cast<unsigned>(clock.seconds().count()));
  append_digits<3>(out += '.', static_cast<unsigned>(clock.subseconds().count()));
  out += "Z\"";
}

void append_value(std::string& out, const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      out += "null";
      break;
    case boost::json::kind::bool_:
      append(out, value.get_bool());
      break;
    case boost::json::kind::int64:
      append(out, value.get_int64());
      break;
    case boost::json::kind::uint64:
      append(out, value.get_uint64());
      break;
    case boost::json::kind::double_:
      fmt::format_to(std::back_inserter(out), "{}", value.get_double());
      break;
    case boost::json::kind::string:
      append_string(out, value.get_string());
      break;
    case boost::json::kind::array:
      out += '[';
      for (bool first = true; const auto& item : value.get_array()) {
        if (!std::exchange(first, false)) out += ',';
        append_value(out, item);
      }
      out += ']';
      break;
    case boost::json::kind::object:
      out += '{';
      for (bool first = true; const auto& [key, member] : value.get_object()) {
        if (!std::exchange(first, false)) out += ',';
        append_string(out, key);
        out += ':';
        append_value(out, member);
      }
      out += '}';
      break;
  }
}

}  // namespace pim::json
