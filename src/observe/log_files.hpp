// The log that the program keeps, read again.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace pim::observe {

// Which lines are wanted.
struct LogFilter {
  std::optional<std::chrono::sys_time<std::chrono::microseconds>> since{};
  std::string request{};      // the id of one; empty: all
  bool only_trouble = false;  // warnings and errors
};

// Gives each line that is wanted, oldest first, as it was written. With `follow` it then waits for more, for ever. A
// Problem: the folder can't be read, or there is no log in it.
Result<void> read_log(const std::filesystem::path& folder, const LogFilter& filter, bool follow,
                      const std::function<void(std::string_view line)>& line);

// The line for people: the time, the level, the event, and the rest as name=value.
std::string readable(std::string_view line);

}  // namespace pim::observe
