#include "exchange/utf8.hpp"

#include <cstdint>

namespace pim::exchange {
namespace {

// What the first byte of a character says: how many bytes follow, and the bounds of the first of these.
struct Form {
  std::size_t following;
  std::uint8_t min = 0x80, max = 0xBF;
};

constexpr std::size_t invalid = 4;

Form form_of(std::uint8_t first) noexcept {
  if (first < 0x80) return {0};
  if (first < 0xC2) return {invalid};
  if (first < 0xE0) return {1};
  if (first == 0xE0) return {2, 0xA0, 0xBF};  // below: overlong
  if (first == 0xED) return {2, 0x80, 0x9F};  // above: surrogates
  if (first < 0xF0) return {2};
  if (first == 0xF0) return {3, 0x90, 0xBF};
  if (first < 0xF4) return {3};
  if (first == 0xF4) return {3, 0x80, 0x8F};  // above: no characters
  return {invalid};
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const Form form = form_of(byte(at));
    if (form.following == invalid || text.size() - at <= form.following) return at;
    if (form.following > 0 && (byte(at + 1) < form.min || byte(at + 1) > form.max)) return at;
    for (std::size_t i = 2; i <= form.following; ++i) {
      if ((byte(at + i) & 0xC0) != 0x80) return at;
    }
    at += form.following + 1;
  }
  return std::string_view::npos;
}

}  // namespace pim::exchange
