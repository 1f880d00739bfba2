#include "base/sha256.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/file.hpp"

namespace pim {
namespace {

using Digest = std::array<unsigned char, 32>;

Digest digest_of(std::string_view bytes) {
  Digest digest{};
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return digest;
}

std::string_view text_of(const Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

std::unexpected<Problem> trouble_with(const std::filesystem::path& file, const char* what) {
  return failure(fmt::format("{} can't be {}: {}.", file.string(), what, std::strerror(errno)));
}

// Hashes a file; what it reads goes to `copy` too, where that is a descriptor.
Result<std::string> read_through(const std::filesystem::path& file, int copy, const std::filesystem::path& copy_name) {
  const Descriptor input{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (input.number < 0) return trouble_with(file, "read");
  Sha256 hash;
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

struct Sha256::Context {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  EVP_DigestInit_ex(context_->digest.get(), EVP_sha256(), nullptr);
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) { EVP_DigestUpdate(context_->digest.get(), bytes.data(), bytes.size()); }

std::string Sha256::end() {
  Digest digest{};
  EVP_DigestFinal_ex(context_->digest.get(), digest.data(), nullptr);
  return hexadecimal(text_of(digest));
}

std::string sha256_of(std::string_view bytes) { return hexadecimal(text_of(digest_of(bytes))); }

std::string base64_of_sha256(std::string_view bytes) {
  const Digest digest = digest_of(bytes);
  std::array<unsigned char, 48> text{};
  const int size = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size)};
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  Digest digest{};
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest.data(), nullptr);
  return std::string(text_of(digest));
}

std::string hexadecimal(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15];
  }
  return text;
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
