// What a statement took: added to the cost of the request that it was for, and in the log where it was slow.
#pragma once

#include <chrono>
#include <string_view>

#include "async/cost.hpp"

namespace pim::pg {

// A statement that takes that long or longer is slow. Once, before any runs; a second where nobody says it.
void set_slow_statement(std::chrono::milliseconds limit) noexcept;
// `cost` may be null: for no request. `name` is the statement's.
void note_time(std::string_view name, Cost* cost, std::chrono::nanoseconds time) noexcept;

}  // namespace pim::pg
