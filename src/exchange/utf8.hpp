// Is a text what PostgreSQL takes as UTF-8?
#pragma once

#include <cstddef>
#include <string_view>

namespace pim::exchange {

// Where the first byte lies that is not part of a valid character, or std::string_view::npos. Overlong forms,
// surrogates and what lies above U+10FFFF are not valid.
std::size_t find_invalid_utf8(std::string_view text) noexcept;

}  // namespace pim::exchange
