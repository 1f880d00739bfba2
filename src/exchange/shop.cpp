#include "exchange/shop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"
#include "catalog/products/rules.hpp"

namespace pim::exchange {
namespace {

using catalog::products::name_rule;
using catalog::products::sku_rule;

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The first `count` characters.
std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size() && count > 0) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
    --count;
  }
  return text.substr(0, at);
}

std::uint32_t hash_of(std::string_view text) {
  std::uint32_t hash = 2166136261u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

}  // namespace

std::string plain_number(std::string_view text, bool has_decimal_commas) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("\xC2\xA0") || text.substr(i).starts_with("\xE2\x80\xAF")) {
      i += text[i] == '\xC2' ? 1 : 2;  // spaces that don't break
    } else if (text[i] != ' ' && text[i] != '\'') {
      digits += text[i];
    }
  }
  const bool is_negative = digits.starts_with('-');
  if (is_negative) digits.erase(0, 1);
  const std::size_t point = digits.rfind('.'), comma = digits.rfind(',');
  if (comma == std::string::npos && (point == std::string::npos || digits.find('.') == point)) {
    const bool is_number =
        is_digits(point == std::string::npos ? digits : digits.substr(0, point) + digits.substr(point + 1));
    return is_number ? (is_negative ? "-" : "") + digits : std::string(text);
  }
  const auto count = [&](char c) { return std::ranges::count(digits, c); };
  std::size_t decimal = std::string::npos;
  if (comma != std::string::npos && point != std::string::npos) {
    decimal = std::max(comma, point);
  } else if (comma != std::string::npos && count(',') == 1) {
    const bool is_thousands = digits.size() - comma == 4 && !digits.starts_with('0') && !has_decimal_commas;
    if (!is_thousands) decimal = comma;
  }
  std::string number = is_negative ? "-" : "";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i == decimal) {
      number += '.';
    } else if (digits[i] != ',' && digits[i] != '.') {
      number += digits[i];
    }
  }
  std::string bare = number.substr(is_negative ? 1 : 0);
  std::erase(bare, '.');
  return is_digits(bare) ? number : std::string(text);
}

std::string sku_of(std::string_view text, std::string_view prefix) {
  constexpr std::size_t hash_characters = 9;
  const std::size_t length = characters_of(text);
  if (length > sku_rule.max) {
    return fmt::format("{}-{:08x}", first_characters(text, sku_rule.max - hash_characters), hash_of(text));
  }
  return length < sku_rule.min ? fmt::format("{}-{}", prefix, text) : std::string(text);
}

std::string joined_name(std::string_view name, std::string_view what) {
  if (what.empty()) return std::string(name);
  const std::string end = fmt::format(" - {}", first_characters(what, name_rule.max / 2));
  const std::size_t room = name_rule.max - characters_of(end);
  if (characters_of(name) > name_rule.max || characters_of(name) <= room) return std::string(name) + end;
  return fmt::format("{}…{}", first_characters(name, room - 1), end);
}

std::vector<std::string> split_escaped(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::string part;
  const auto end = [&] {
    if (const auto whole = trimmed(part); !whole.empty()) parts.emplace_back(whole);
    part.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == separator) {
      part += text[++i];
    } else if (text[i] == separator) {
      end();
    } else {
      part += text[i];
    }
  }
  end();
  return parts;
}

}  // namespace pim::exchange
