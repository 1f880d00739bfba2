#include "base/sha256.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace pim {
namespace {

class Hash {
 public:
  Hash() { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  std::string end() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
    std::string text;
    for (unsigned i = 0; i < size; ++i) fmt::format_to(std::back_inserter(text), "{:02x}", digest[i]);
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

std::unexpected<Problem> trouble_with(const std::filesystem::path& file, const char* what) {
  return failure(fmt::format("{} can't be {}: {}.", file.string(), what, std::strerror(errno)));
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(descriptor, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

// Hashes a file; what it reads goes to `copy` too, where that is a descriptor.
Result<std::string> read_through(const std::filesystem::path& file, int copy, const std::filesystem::path& copy_name) {
  const Descriptor input{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (input.number < 0) return trouble_with(file, "read");
  Hash hash;
  std::string buffer(256 * 1024, '\0');
  for (;;) {
    const ssize_t size = ::read(input.number, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return trouble_with(file, "read");
    if (size == 0) return hash.end();
    const std::string_view piece = std::string_view(buffer).substr(0, static_cast<std::size_t>(size));
    hash.add(piece);
    if (copy >= 0 && !write_all(copy, piece)) return trouble_with(copy_name, "written");
  }
}

}  // namespace

std::string sha256_of(std::string_view bytes) {
  Hash hash;
  hash.add(bytes);
  return hash.end();
}

Result<std::string> sha256_of_file(const std::filesystem::path& file) { return read_through(file, -1, {}); }

Result<std::string> copy_file_hashed(const std::filesystem::path& from, const std::filesystem::path& to) {
  const Descriptor output{::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640)};
  if (output.number < 0) return trouble_with(to, "written");
  auto hash = read_through(from, output.number, to);
  if (hash && ::fsync(output.number) != 0) return trouble_with(to, "written");
  return hash;
}

}  // namespace pim
