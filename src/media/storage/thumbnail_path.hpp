// Where the thumbnails of a stored file are.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "media/storage/folder.hpp"

namespace pim::media {

inline constexpr std::array<int, 3> thumbnail_sizes{150, 300, 800};

inline std::filesystem::path thumbnail_path(const Folder& folder, std::string_view key, int size) {
  // (The key of an adopted file is a path: its folders don't matter here.)
  std::string name(key);
  std::ranges::replace(name, '/', '_');
  return folder.root() / "thumbnails" / name.substr(0, 2) / fmt::format("{}-{}.webp", name, size);
}

}  // namespace pim::media
