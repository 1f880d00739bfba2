#include "auth/keys/key.hpp"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <span>
#include <stdexcept>

namespace pim::auth::keys {
namespace {

constexpr std::string_view mark = "pk_";
constexpr std::size_t prefix_letters = 11;

std::string hexadecimal(std::span<const unsigned char> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

}  // namespace

std::string make_key() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) throw std::runtime_error("no random bytes");
  return std::string(mark) + hexadecimal(bytes);
}

bool is_key(std::string_view text) noexcept { return text.starts_with(mark); }

std::string hash_of_key(std::string_view key) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
  return hexadecimal(digest);
}

std::string prefix_of(std::string_view key) { return std::string(key.substr(0, prefix_letters)); }

}  // namespace pim::auth::keys
