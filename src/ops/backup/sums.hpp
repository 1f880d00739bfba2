// The list of a backup's files with their SHA-256, as `sha256sum -c` reads it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/problem.hpp"

namespace pim::ops::backup {

inline constexpr const char* sums_name = "SHA256SUMS";
using Sums = std::map<std::string, std::string, std::less<>>;  // file → hash

// Of every file below but the list itself; reads them all.
Result<Sums> sums_of(const std::filesystem::path& folder);
std::string sums_text(const Sums& sums);
// Lines that are none are left out.
Sums read_sums(const std::string& text);
// In words; of two lists that were written differently there is at least one.
std::vector<std::string> troubles_between(const Sums& expected, const Sums& found);

}  // namespace pim::ops::backup
