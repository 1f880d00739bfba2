#include "catalog/attribute_type.hpp"

#include <algorithm>
#include <boost/json/value.hpp>
#include <string>

#include "json/reader.hpp"

namespace pim::catalog {
namespace {

// Is the text JSON, of a kind that the type may have? It is taken as it was written: no digit of a number is lost.
bool is_json(std::string_view text, bool only_array) {
  const auto value = json::read(text);
  return value && (!only_array || value->is_array());
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string_view without_spaces(std::string_view text) noexcept {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// A decimal number in the digits that it was written in, so that none is lost: "+07.50" → 7.50, ".5" → 0.5.
std::optional<std::string> as_number(std::string_view text) {
  std::string number;
  if (text.starts_with('-')) number = "-";
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const auto take_digits = [&] {
    const std::size_t count = static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
    const std::string_view digits = text.substr(0, count);
    text.remove_prefix(count);
    return digits;
  };
  std::string_view whole = take_digits(), fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits();
  }
  if (whole.empty() && fraction.empty()) return std::nullopt;
  while (whole.size() > 1 && whole.starts_with('0')) whole.remove_prefix(1);
  number += whole.empty() ? "0" : whole;
  if (!fraction.empty()) (number += '.') += fraction;
  if (!text.empty()) {
    if (text.front() != 'e' && text.front() != 'E') return std::nullopt;
    text.remove_prefix(1);
    number += 'e';
    if (text.starts_with('-') || text.starts_with('+')) {
      number += text.front();
      text.remove_prefix(1);
    }
    const std::string_view exponent = take_digits();
    if (exponent.empty() || !text.empty()) return std::nullopt;
    number += exponent;
  }
  return number;
}

// ["a","b"] for a JSON array, and for texts with commas between them.
std::string as_list(std::string_view text) {
  if (without_spaces(text).starts_with('[') && is_json(text, true)) return std::string(text);
  std::string list;
  {
    json::Array items{list};
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      if (const auto item = without_spaces(text.substr(begin, end - begin)); !item.empty()) items.add(item);
      begin = end + 1;
    }
  }
  return list;
}

std::optional<std::string> typed(std::string_view type, std::string_view text) {
  if (type == "INTEGER" || type == "NUMBER" || type == "FLOAT" || type == "DECIMAL" || type == "CURRENCY" ||
      type == "PERCENTAGE") {
    return as_number(without_spaces(text));
  }
  if (type == "BOOLEAN") return text == "true" || text == "false" ? std::optional<std::string>(text) : std::nullopt;
  if (type == "ARRAY") return as_list(text);
  if (type == "JSON" && is_json(text, false)) return std::string(text);
  return std::nullopt;
}

}  // namespace

std::string_view friendly_type(std::string_view stored) noexcept {
  const auto found = std::ranges::find(friendly_types, stored, &FriendlyType::stored);
  return found == friendly_types.end() ? stored : found->shown;
}

std::optional<std::string_view> stored_type(std::string_view name) noexcept {
  if (const auto shown = std::ranges::find(friendly_types, name, &FriendlyType::shown); shown != friendly_types.end()) {
    return shown->stored;
  }
  if (const auto found = std::ranges::find(stored_types, name); found != stored_types.end()) return *found;
  return std::nullopt;
}

std::optional<std::string> value_text(const boost::json::value& value) {
  if (value.is_null()) return std::nullopt;
  if (value.is_string()) return std::string(value.get_string());
  std::string text;
  json::append_value(text, value);
  return text;
}

void add_value(json::Object& out, std::string_view key, std::string_view stored_type,
               std::optional<std::string_view> value) {
  const auto json = value ? typed(stored_type, *value) : std::nullopt;
  if (json) {
    out.add_raw(key, *json);
  } else {
    out.add(key, value);
  }
}

}  // namespace pim::catalog
