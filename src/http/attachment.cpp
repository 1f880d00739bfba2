#include "http/attachment.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pim::http {
namespace {

constexpr std::size_t name_bytes_max = 200;

bool is_plain(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// Without control characters, and with dashes for what separates folders or is refused by some system.
std::string safe(std::string_view name) {
  std::string text;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) continue;
    text += std::string_view("/\\:*?\"<>|").contains(c) ? '-' : c;
  }
  const std::size_t begin = std::min(text.find_first_not_of(" ."), text.size());
  const std::size_t end = text.find_last_not_of(" .");
  text = begin == text.size() ? std::string() : text.substr(begin, end + 1 - begin);
  if (text.size() > name_bytes_max) {
    const std::size_t dot = text.rfind('.');
    const std::string extension = dot != std::string::npos && text.size() - dot < 16 ? text.substr(dot) : "";
    std::size_t kept = name_bytes_max - extension.size();
    while (kept > 0 && (static_cast<unsigned char>(text[kept]) & 0xC0) == 0x80) --kept;  // no half of a character
    text = text.substr(0, kept) + extension;
  }
  return text.empty() ? "download" : text;
}

}  // namespace

// `filename` for clients that know no more, and `filename*` where that is not all of it.
std::string attachment(std::string_view file_name) {
  const std::string name = safe(file_name);
  std::string ascii, encoded;
  bool is_ascii = true;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) ascii += c == '%' ? '_' : c;
    if ((byte & 0xC0) == 0xC0) ascii += '_';
    if (byte >= 0x80 || c == '%') is_ascii = false;
    encoded +=
        is_plain(c) || std::string_view("-._~!#$&+^`|").contains(c) ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  std::string value = fmt::format("attachment; filename=\"{}\"", ascii);
  if (!is_ascii) value += "; filename*=UTF-8''" + encoded;
  return value;
}

}  // namespace pim::http
