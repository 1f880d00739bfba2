// Paths of categories as a text: levels with slashes between them, several paths with bars. A backslash takes from a
// slash, a bar or a backslash its meaning.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pim::exchange {

using Path = std::vector<std::string>;

std::string path_text(const Path& path);
std::string paths_text(const std::vector<Path>& paths);
// Levels are trimmed; empty ones are left out.
Path read_path(std::string_view text);
std::vector<Path> read_paths(std::string_view text);

}  // namespace pim::exchange
