// A place where the bytes of files lie: a folder, or a store that speaks S3. What it keeps has a name like a path's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace pim::media {

// A file that is being read. Reading waits: not for an event loop.
class StoredFile {
 public:
  virtual ~StoredFile() = default;
  virtual std::uint64_t size() const noexcept = 0;
  virtual std::int64_t changed() const noexcept = 0;  // seconds since 1970
  // How much is best read at once.
  virtual std::size_t piece_bytes() const noexcept = 0;
  // Puts `size` bytes from `offset` on into `out`, in place of what is in it; they must be there.
  virtual Result<void> read(std::uint64_t offset, std::size_t size, std::string& out) = 0;
};

class Store {
 public:
  virtual ~Store() = default;
  // What "StoredContent" calls it.
  virtual std::string_view place() const noexcept = 0;
  // Is it behind a network, that may be waited for?
  virtual bool is_remote() const noexcept { return false; }
  // The name of the file that content with this key has here.
  virtual std::string name_of(std::string_view key) const = 0;
  // Where that is on this machine; nullopt: elsewhere, or where it may not be touched.
  virtual std::optional<std::filesystem::path> path_of(std::string_view /*name*/) const { return std::nullopt; }
  // For people: a path, or an address.
  virtual std::string where(std::string_view name) const = 0;

  // 404 with the code "asset.file_missing" where there is none; 503 where the store is away.
  virtual Result<std::unique_ptr<StoredFile>> open(std::string_view name) const = 0;
  // Puts the file of a path there, for good when this returns; the path may be gone then.
  virtual Result<void> put(const std::filesystem::path& file, std::string_view name,
                           std::string_view mime_type) const = 0;
  virtual Result<void> move(std::string_view from, std::string_view to) const = 0;
  // One that is not there is fine.
  virtual Result<void> remove(std::string_view name) const = 0;
  // An address that everybody can have the file from for a short time; nullopt: there is none, it is sent by us.
  virtual std::optional<std::string> link(std::string_view, std::string_view /*mime_type*/,
                                          std::string_view /*disposition*/) const {
    return std::nullopt;
  }
};

// The name that content has where the names are ours to choose: two levels of 256 folders each.
inline std::string sharded(std::string_view key) {
  return std::string(key.substr(0, 2)).append("/").append(key.substr(2, 2)).append("/").append(key);
}

// The SHA-256 of a file, or of a part of it.
Result<std::string> hash_of(StoredFile& file, std::uint64_t offset, std::uint64_t size);
inline Result<std::string> hash_of(StoredFile& file) { return hash_of(file, 0, file.size()); }

inline std::unexpected<Problem> missing_file(std::string detail) {
  return std::unexpected(Problem{.status = 404,
                                 .code = "asset.file_missing",
                                 .message = "The file of this asset is missing",
                                 .detail = std::move(detail)});
}
inline bool is_missing(const Problem& problem) { return problem.code == "asset.file_missing"; }

}  // namespace pim::media
