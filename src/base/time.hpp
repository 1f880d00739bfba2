// Times as texts.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace pim {

// ISO 8601: a day, or a time of one, in UTC where no zone is said. nullopt for anything else.
std::optional<std::chrono::sys_time<std::chrono::microseconds>> parse_time(std::string_view text);

}  // namespace pim
