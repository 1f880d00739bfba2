// Files in a local folder. Each lies under a key of its own: the SHA-256 of its bytes, and random letters behind it, so
// that a key is never used twice. What is being removed can't be what is being written.
#pragma once

#include "base/sha256.hpp"
#include "media/storage/store.hpp"

namespace pim::media {

// What a file is, once all of it is there.
struct Kept {
  std::string hash;  // SHA-256, hexadecimal
  std::uint64_t size = 0;
  std::string mime_type;  // what its bytes are, whatever they were said to be
  std::string key;
};

class Folder : public Store {
 public:
  explicit Folder(std::filesystem::path root) : root_(std::move(root)) {}

  std::string_view place() const noexcept override { return "local"; }
  std::string name_of(std::string_view key) const override;
  std::optional<std::filesystem::path> path_of(std::string_view name) const override { return root_ / name; }
  std::string where(std::string_view name) const override { return root_ / name; }
  Result<std::unique_ptr<StoredFile>> open(std::string_view name) const override;
  Result<void> put(const std::filesystem::path& file, std::string_view name, std::string_view mime_type) const override;
  Result<void> move(std::string_view from, std::string_view to) const override;
  Result<void> remove(std::string_view name) const override;

  // A file that comes in. It is gone with this object, unless it was put somewhere.
  class Incoming {
   public:
    Incoming(std::filesystem::path path, int descriptor);
    Incoming(Incoming&& other) noexcept;
    Incoming& operator=(Incoming&&) = delete;
    ~Incoming();
    // Its next bytes. 507 where the disk is full.
    Result<void> write(std::string_view bytes);
    // All of it has come: what it is, with a key that nothing else has.
    Result<Kept> end();
    std::uint64_t size() const noexcept { return size_; }
    const std::filesystem::path& path() const noexcept { return path_; }

   private:
    std::filesystem::path path_;
    int descriptor_;
    std::uint64_t size_ = 0;
    Sha256 hash_;
  };
  Result<Incoming> receive() const;

  const std::filesystem::path& root() const noexcept { return root_; }
  std::filesystem::path incoming() const { return root_ / "incoming"; }

 private:
  std::filesystem::path root_;
};

// What a failure of the file system is for a client: 507 where there is no more room, else 500.
std::unexpected<Problem> file_problem(const std::filesystem::path& file, int error);

}  // namespace pim::media
