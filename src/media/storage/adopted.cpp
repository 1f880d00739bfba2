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

std::optional<std::string_view> adopted_key(const fs::path& uploads, std::string_view file_path) {
  constexpr std::string_view prefix = "/uploads/";
  if (file_path.starts_with(prefix)) return file_path.substr(prefix.size());
  const std::string& root = uploads.native();
  if (!root.empty() && file_path.starts_with(root) && file_path.substr(root.size()).starts_with('/')) {
    return file_path.substr(root.size() + 1);
  }
  return std::nullopt;
}

std::optional<fs::path> adopted_path(const fs::path& uploads, std::string_view file_path) {
  const auto key = adopted_key(uploads, file_path);
  return key ? path_below(uploads, *key) : std::nullopt;
}

}  // namespace pim::media
