// A lock between programs: a file that one of them holds at a time. It is free again when its holder ends, however
// it ends.
#pragma once

#include <filesystem>
#include <utility>

#include "base/problem.hpp"

namespace pim {

class LockFile {
 public:
  // Waits until it is free.
  static Result<LockFile> wait_for(const std::filesystem::path& file);
  // Problem with code "locked" when another program holds it.
  static Result<LockFile> take(const std::filesystem::path& file);

  LockFile(LockFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  LockFile& operator=(LockFile&&) = delete;
  ~LockFile();

 private:
  static Result<LockFile> open(const std::filesystem::path& file, int operation);
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace pim
