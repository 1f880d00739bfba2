// Patterns for LIKE that take a text literally.
#pragma once

#include <string>
#include <string_view>

namespace pim::pg {

inline std::string escaped_for_like(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}
inline std::string like_containing(std::string_view text) { return '%' + escaped_for_like(text) + '%'; }
inline std::string like_beginning(std::string_view text) { return escaped_for_like(text) + '%'; }

}  // namespace pim::pg
