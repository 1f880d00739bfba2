// Small things about text that many places ask.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pim {

// ASCII's white space.
constexpr bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Without the white space around it.
constexpr std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// The characters of UTF-8 text: every byte but a continuation byte begins one.
constexpr std::size_t characters_of(std::string_view utf8) noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Of a text that may not be there.
constexpr std::optional<std::string_view> view_of(const std::optional<std::string>& text) noexcept {
  return text ? std::optional<std::string_view>(*text) : std::nullopt;
}

}  // namespace pim
