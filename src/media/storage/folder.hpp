// Files in a local folder. Each lies under a key of its own: the SHA-256 of its bytes, and random letters behind it, so
// that a key is never used twice. What is being removed can't be what is being written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace pim::media {

// What a file is, once all of it is there.
struct Kept {
  std::string hash;  // SHA-256, hexadecimal
  std::uint64_t size = 0;
  std::string mime_type;  // what its bytes are, whatever they were said to be
  std::string key;
};

class Folder {
 public:
  explicit Folder(std::filesystem::path root) : root_(std::move(root)) {}

  // A file that comes in. It is gone with this object, unless it was kept.
  class Incoming {
   public:
    Incoming(Incoming&& other) noexcept;
    Incoming& operator=(Incoming&&) = delete;
    ~Incoming();
    // Its next bytes. 507 where the disk is full.
    Result<void> write(std::string_view bytes);
    std::uint64_t size() const noexcept { return size_; }
    const std::filesystem::path& path() const noexcept { return path_; }

   private:
    friend class Folder;
    struct Hash;
    Incoming(std::filesystem::path path, int descriptor);
    std::filesystem::path path_;
    int descriptor_;
    std::uint64_t size_ = 0;
    std::unique_ptr<Hash> hash_;
  };
  Result<Incoming> receive() const;
  // Puts it under its key, on the disk for good when this returns.
  Result<Kept> keep(Incoming& incoming) const;
  // The file `own` is not needed, for its bytes are those of `used` ("": of none): takes it away, or puts it there
  // where that one is gone.
  Result<void> settle(std::string_view own, std::string_view used) const;
  // Takes a file away; one that is not there is fine.
  Result<void> remove(std::string_view key) const;

  // The file of a key that `keep` gave.
  std::filesystem::path path_of(std::string_view key) const;
  const std::filesystem::path& root() const noexcept { return root_; }
  std::filesystem::path incoming() const { return root_ / "incoming"; }

 private:
  std::filesystem::path root_;
};

// Of a file that is there already.
Result<Kept> describe_file(const std::filesystem::path& file);

// What a failure of the file system is for a client: 507 where there is no more room, else 500.
std::unexpected<Problem> file_problem(const std::filesystem::path& file, int error);

}  // namespace pim::media
