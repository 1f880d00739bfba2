// A key of a JSON object that people named.
#pragma once

#include <string>
#include <string_view>

#include "json/writer.hpp"

namespace pim::exchange {

// Escaped, without the quotes: as json::Object takes a key.
inline std::string json_key(std::string_view name) {
  std::string text;
  json::append_string(text, name);
  return text.substr(1, text.size() - 2);
}

}  // namespace pim::exchange
