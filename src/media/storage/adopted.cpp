#include "media/storage/adopted.hpp"

#include <algorithm>

namespace pim::media {

namespace fs = std::filesystem;

std::optional<fs::path> path_below(const fs::path& root, std::string_view relative) {
  if (root.empty() || relative.empty() || relative.contains('\0')) return std::nullopt;
  fs::path path = (root / fs::path(relative).relative_path()).lexically_normal();
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error), real_root = fs::weakly_canonical(root, error);
  if (error) return std::nullopt;
  if (std::ranges::mismatch(real_root, real).in1 != real_root.end()) return std::nullopt;
  return path;
}

std::optional<std::string_view> Uploads::key_of(std::string_view file_path) const {
  constexpr std::string_view prefix = "/uploads/";
  if (file_path.starts_with(prefix)) return file_path.substr(prefix.size());
  const std::string& folder = root().native();
  if (!folder.empty() && file_path.starts_with(folder) && file_path.substr(folder.size()).starts_with('/')) {
    return file_path.substr(folder.size() + 1);
  }
  return std::nullopt;
}

}  // namespace pim::media
