#include "media/storage/folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "media/storage/mime_type.hpp"

namespace pim::media {
namespace {

namespace fs = std::filesystem;

std::string hexadecimal(const unsigned char* bytes, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) fmt::format_to(std::back_inserter(text), "{:02x}", bytes[i]);
  return text;
}

// A SHA-256 of bytes that come in pieces.
class Sha256 {
 public:
  Sha256() { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  std::string end() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
    return hexadecimal(digest.data(), size);
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

std::string random_letters(std::size_t bytes) {
  std::array<unsigned char, 16> random{};
  RAND_bytes(random.data(), static_cast<int>(bytes));
  return hexadecimal(random.data(), bytes);
}

Result<void> sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return file_problem(folder, errno);
  const int outcome = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  if (outcome != 0) return file_problem(folder, error);
  return {};
}

// Makes a folder, and sees to it that it is there after a crash too.
Result<void> make_folder(const fs::path& folder) {
  struct stat status{};
  if (::stat(folder.c_str(), &status) == 0) return {};
  if (auto parent = make_folder(folder.parent_path()); !parent) return parent;
  if (::mkdir(folder.c_str(), 0750) != 0 && errno != EEXIST) return file_problem(folder, errno);
  return sync_folder(folder.parent_path());
}

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

struct Folder::Incoming::Hash : Sha256 {};

Folder::Incoming::Incoming(fs::path path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor), hash_(std::make_unique<Hash>()) {}

Folder::Incoming::Incoming(Incoming&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      hash_(std::move(other.hash_)) {}

Folder::Incoming::~Incoming() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!path_.empty()) ::unlink(path_.c_str());
}

Result<void> Folder::Incoming::write(std::string_view bytes) {
  hash_->add(bytes);
  size_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_problem(path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<Folder::Incoming> Folder::receive() const {
  if (auto made = make_folder(incoming()); !made) return std::unexpected(std::move(made).error());
  const fs::path path = incoming() / random_letters(16);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (descriptor < 0) return file_problem(path, errno);
  return Incoming(path, descriptor);
}

// The bytes first, then the name, then the folder that has the name: after a crash the file is whole or not there.
Result<Kept> Folder::keep(Incoming& file) const {
  if (::fsync(file.descriptor_) != 0) return file_problem(file.path_, errno);
  auto mime_type = mime_type_of(file.path_);
  if (!mime_type) return std::unexpected(std::move(mime_type).error());
  Kept kept{.hash = file.hash_->end(), .size = file.size_, .mime_type = *std::move(mime_type)};
  kept.key = fmt::format("{}-{}", kept.hash, random_letters(8));
  const fs::path path = path_of(kept.key);
  if (auto made = make_folder(path.parent_path()); !made) return std::unexpected(std::move(made).error());
  if (::rename(file.path_.c_str(), path.c_str()) != 0) return file_problem(path, errno);
  file.path_.clear();
  if (auto synced = sync_folder(path.parent_path()); !synced) return std::unexpected(std::move(synced).error());
  return kept;
}

Result<void> Folder::remove(std::string_view key) const {
  const fs::path path = path_of(key);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) return file_problem(path, errno);
  return {};
}

Result<void> Folder::settle(std::string_view own, std::string_view used) const {
  std::error_code error;
  if (used.empty() || fs::exists(path_of(used), error)) return remove(own);
  if (::rename(path_of(own).c_str(), path_of(used).c_str()) != 0) return file_problem(path_of(used), errno);
  return sync_folder(path_of(used).parent_path());
}

// Two levels of 256 folders each.
fs::path Folder::path_of(std::string_view key) const { return root_ / key.substr(0, 2) / key.substr(2, 2) / key; }

Result<Kept> describe_file(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return file_problem(file, errno);
  struct Close {
    int descriptor;
    ~Close() { ::close(descriptor); }
  } const close{descriptor};
  Sha256 hash;
  Kept kept;
  std::string buffer(256 * 1024, '\0');
  for (;;) {
    const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return file_problem(file, errno);
    if (size == 0) break;
    hash.add(std::string_view(buffer).substr(0, static_cast<std::size_t>(size)));
    kept.size += static_cast<std::uint64_t>(size);
  }
  kept.hash = hash.end();
  auto mime_type = mime_type_of(file);
  if (!mime_type) return std::unexpected(std::move(mime_type).error());
  kept.mime_type = *std::move(mime_type);
  return kept;
}

}  // namespace pim::media
