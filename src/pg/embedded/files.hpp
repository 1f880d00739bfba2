// The files and folders of a cluster, made for the user that it runs as.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "base/problem.hpp"
#include "pg/embedded/cluster.hpp"

namespace pim::pg::embedded {

// Empty, or 0, where there is no such file.
std::string first_line(const std::filesystem::path& file);
std::string text_of(const std::filesystem::path& file, std::uintmax_t begin = 0);
std::uintmax_t size_of(const std::filesystem::path& file);
// Each on a line of its own, indented.
std::string last_lines(const std::string& text, std::size_t count);

// A folder that belongs to `account`.
Result<void> make_folder(const std::filesystem::path& folder, const Account& account, mode_t mode);
// A new one, with a name that begins like `prefix`.
Result<std::filesystem::path> make_temporary_folder(const std::filesystem::path& prefix, const Account& account);

// A file that belongs to `account`; on the disk when they return. Links are not followed: the folder's owner could lead
// root astray.
Result<void> write_text(const std::filesystem::path& file, const std::string& text, const Account& account);
Result<void> append_text(const std::filesystem::path& file, const std::string& text, const Account& account);

// A folder's lock: held until this object and every program that has inherited the descriptor have ended.
class FolderLock {
 public:
  // Nothing when somebody else holds it.
  static std::optional<FolderLock> take(const std::filesystem::path& folder);
  int descriptor() const noexcept { return descriptor_; }
  FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace pim::pg::embedded
