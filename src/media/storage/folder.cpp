#include "media/storage/folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "media/storage/mime_type.hpp"

namespace pim::media {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t folder_read_bytes = 256 * 1024;

std::string random_letters(std::size_t bytes) {
  std::array<unsigned char, 16> random{};
  RAND_bytes(random.data(), static_cast<int>(bytes));
  return hexadecimal({reinterpret_cast<const char*>(random.data()), bytes});
}

// The bytes of a file, or the names of a folder, are on the disk for good.
Result<void> sync(const fs::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return file_problem(path, errno);
  const int outcome = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  if (outcome != 0) return file_problem(path, error);
  return {};
}

Result<void> sync_folder(const fs::path& folder) { return sync(folder, O_DIRECTORY); }

// Makes a folder, and sees to it that it is there after a crash too.
Result<void> make_folder(const fs::path& folder) {
  struct stat status{};
  if (::stat(folder.c_str(), &status) == 0) return {};
  if (auto parent = make_folder(folder.parent_path()); !parent) return parent;
  if (::mkdir(folder.c_str(), 0750) != 0 && errno != EEXIST) return file_problem(folder, errno);
  return sync_folder(folder.parent_path());
}

class LocalFile final : public StoredFile {
 public:
  LocalFile(fs::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  LocalFile(const LocalFile&) = delete;
  LocalFile& operator=(const LocalFile&) = delete;
  ~LocalFile() override { ::close(descriptor_); }

  // False where it is no file.
  bool look() { return ::fstat(descriptor_, &status_) == 0 && S_ISREG(status_.st_mode); }

  std::uint64_t size() const noexcept override { return static_cast<std::uint64_t>(status_.st_size); }
  std::int64_t changed() const noexcept override { return status_.st_mtime; }
  std::size_t piece_bytes() const noexcept override { return folder_read_bytes; }
  Result<void> read(std::uint64_t offset, std::size_t size, std::string& out) override {
    ssize_t got = 0;
    out.resize_and_overwrite(size, [&](char* bytes, std::size_t room) {
      std::size_t filled = 0;
      while (filled < room) {
        got = ::pread(descriptor_, bytes + filled, room - filled, static_cast<off_t>(offset + filled));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        filled += static_cast<std::size_t>(got);
      }
      return filled;
    });
    if (out.size() == size) return {};
    return got < 0 ? Result<void>(file_problem(path_, errno))
                   : internal(fmt::format("{} ended before its size", path_.string()));
  }

 private:
  fs::path path_;
  int descriptor_;
  struct stat status_{};
};

}  // namespace

std::unexpected<Problem> file_problem(const fs::path& file, int error) {
  const std::string said = fmt::format("{}: {}", file.string(), std::strerror(error));
  if (error == ENOSPC || error == EDQUOT) {
    return std::unexpected(Problem{.status = 507,
                                   .code = "storage_full",
                                   .message = "There is no more room for files",
                                   .remedy = "Nothing was stored. Free some space, then send it again.",
                                   .detail = said});
  }
  return internal(said);
}

Result<std::string> hash_of(StoredFile& file, std::uint64_t offset, std::uint64_t size) {
  Sha256 hash;
  std::string piece;
  while (size > 0) {
    const std::size_t wanted = std::min<std::uint64_t>(size, file.piece_bytes());
    if (auto read = file.read(offset, wanted, piece); !read) return std::unexpected(std::move(read).error());
    hash.add(piece);
    offset += wanted;
    size -= wanted;
  }
  return hash.end();
}

Folder::Incoming::Incoming(fs::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

Folder::Incoming::Incoming(Incoming&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      hash_(std::move(other.hash_)) {}

// (Where it was put into a folder, its path is no longer there.)
Folder::Incoming::~Incoming() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!path_.empty()) ::unlink(path_.c_str());
}

Result<void> Folder::Incoming::write(std::string_view bytes) {
  hash_.add(bytes);
  size_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_problem(path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<Kept> Folder::Incoming::end() {
  auto mime_type = mime_type_of(path_);
  if (!mime_type) return std::unexpected(std::move(mime_type).error());
  Kept kept{.hash = hash_.end(), .size = size_, .mime_type = *std::move(mime_type)};
  kept.key = fmt::format("{}-{}", kept.hash, random_letters(8));
  return kept;
}

Result<Folder::Incoming> Folder::receive() const {
  if (auto made = make_folder(incoming()); !made) return std::unexpected(std::move(made).error());
  const fs::path path = incoming() / random_letters(16);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (descriptor < 0) return file_problem(path, errno);
  return Incoming(path, descriptor);
}

std::string Folder::name_of(std::string_view key) const { return sharded(key); }

Result<std::unique_ptr<StoredFile>> Folder::open(std::string_view name) const {
  const auto path = path_of(name);
  if (!path) return missing_file(fmt::format("{} leads out of {}", name, root_.string()));
  const int descriptor = ::open(path->c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return missing_file(fmt::format("{}: {}", path->string(), std::strerror(errno)));
  auto file = std::make_unique<LocalFile>(*path, descriptor);
  if (!file->look()) return missing_file(fmt::format("{} is no file", path->string()));
  return file;
}

// The bytes first, then the name, then the folder that has the name: after a crash the file is whole or not there.
Result<void> Folder::put(const fs::path& file, std::string_view name, std::string_view) const {
  if (auto synced = sync(file, 0); !synced) return synced;
  const fs::path path = root_ / name;
  if (auto made = make_folder(path.parent_path()); !made) return made;
  if (::rename(file.c_str(), path.c_str()) != 0) return file_problem(file, errno);
  return sync_folder(path.parent_path());
}

Result<void> Folder::move(std::string_view from, std::string_view to) const { return put(root_ / from, to, {}); }

Result<void> Folder::remove(std::string_view name) const {
  const auto path = path_of(name);
  if (!path) return internal(fmt::format("{} leads out of {}", name, root_.string()));
  if (::unlink(path->c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) return file_problem(*path, errno);
  return {};
}

}  // namespace pim::media
