// Reads a JSON text that a client sent, within bounds.
#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "base/problem.hpp"

namespace pim::json {

inline constexpr std::size_t depth_max = 32;

// 400 for what is no JSON, saying where, and for deeper nesting than depth_max.
Result<boost::json::value> read(std::string_view text);

}  // namespace pim::json
