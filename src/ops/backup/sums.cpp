#include "ops/backup/sums.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "base/sha256.hpp"

namespace pim::ops::backup {

namespace fs = std::filesystem;

namespace {

// Every regular file below, by its path from there, in order; not the sums themselves.
Result<std::vector<std::string>> files_below(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (auto at = fs::recursive_directory_iterator(folder, error); !error && at != fs::recursive_directory_iterator();
       at.increment(error)) {
    if (at->is_directory()) continue;
    std::string name = at->path().lexically_relative(folder);
    if (name != sums_name) names.push_back(std::move(name));
  }
  if (error) return failure(fmt::format("{} can't be read: {}.", folder.string(), error.message()));
  std::ranges::sort(names);
  return names;
}

}  // namespace

std::string sums_text(const Sums& sums) {
  std::string text;
  for (const auto& [file, hash] : sums) text += fmt::format("{}  {}\n", hash, file);
  return text;
}

Result<Sums> sums_of(const fs::path& folder) {
  auto files = files_below(folder);
  if (!files) return std::unexpected(std::move(files).error());
  Sums sums;
  for (const std::string& file : *files) {
    auto hash = sha256_of_file(folder / file);
    if (!hash) return std::unexpected(std::move(hash).error());
    sums[file] = *std::move(hash);
  }
  return sums;
}

Sums read_sums(const std::string& text) {
  Sums sums;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (line.size() > 66 && line.substr(64, 2) == "  ") sums[line.substr(66)] = line.substr(0, 64);
  }
  return sums;
}

std::vector<std::string> troubles_between(const Sums& expected, const Sums& found) {
  std::vector<std::string> troubles;
  for (const auto& [file, hash] : expected) {
    const auto at = found.find(file);
    if (at == found.end()) {
      troubles.push_back(fmt::format("{} is missing", file));
    } else if (at->second != hash) {
      troubles.push_back(fmt::format("{} has other bytes than were written", file));
    }
  }
  for (const auto& [file, hash] : found) {
    if (!expected.contains(file)) troubles.push_back(fmt::format("{} is not in {}", file, sums_name));
  }
  if (troubles.empty()) troubles.push_back(fmt::format("{} has other bytes than were written", sums_name));
  return troubles;
}

}  // namespace pim::ops::backup
