// The files of an installation that was adopted: they are served from where they lie.
#pragma once

#include "media/storage/folder.hpp"

namespace pim::media {

// A path below a folder; nullopt for one that leads out of it, by its words or by links.
std::optional<std::filesystem::path> path_below(const std::filesystem::path& root, std::string_view relative);

// The uploads folder of the replaced service. A key is the path in it.
class Uploads final : public Folder {
 public:
  using Folder::Folder;
  std::string_view place() const noexcept override { return "uploads"; }
  std::string name_of(std::string_view key) const override { return std::string(key); }
  std::optional<std::filesystem::path> path_of(std::string_view name) const override {
    return path_below(root(), name);
  }
  // What the replaced service wrote into "filePath" ("/uploads/1_a/b.png", or an absolute path), as a key; nullopt
  // where it is neither.
  std::optional<std::string_view> key_of(std::string_view file_path) const;
};

}  // namespace pim::media
