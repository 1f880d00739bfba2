// The files of an installation that was adopted: they are served from where they lie.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace pim::media {

// A path below a folder; nullopt for one that leads out of it, by its words or by links.
std::optional<std::filesystem::path> path_below(const std::filesystem::path& root, std::string_view relative);

// What the replaced service wrote into "filePath" ("/uploads/1_a/b.png", or an absolute path), relative to its folder
// of uploads; nullopt where it is neither.
std::optional<std::string_view> adopted_key(const std::filesystem::path& uploads, std::string_view file_path);

// Where that file is; nullopt where it may not be read.
std::optional<std::filesystem::path> adopted_path(const std::filesystem::path& uploads, std::string_view file_path);

}  // namespace pim::media
