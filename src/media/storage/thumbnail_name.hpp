// What the thumbnails of a stored file are called.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace pim::media {

inline constexpr std::array<int, 3> thumbnail_sizes{150, 300, 800};

inline std::string thumbnail_name(std::string_view key, int size) {
  // (The key of an adopted file is a path: its folders don't matter here.)
  std::string name(key);
  std::ranges::replace(name, '/', '_');
  return fmt::format("thumbnails/{}/{}-{}.webp", name.substr(0, 2), name, size);
}

}  // namespace pim::media
