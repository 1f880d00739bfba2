#include "auth/keys/key.hpp"

#include <openssl/rand.h>

#include <array>
#include <stdexcept>

#include "base/sha256.hpp"

namespace pim::auth::keys {
namespace {

constexpr std::string_view mark = "pk_";
constexpr std::size_t prefix_letters = 11;

}  // namespace

std::string make_key() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) throw std::runtime_error("no random bytes");
  return std::string(mark) + hexadecimal({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

bool is_key(std::string_view text) noexcept { return text.starts_with(mark); }

std::string hash_of_key(std::string_view key) { return sha256_of(key); }

std::string prefix_of(std::string_view key) { return std::string(key.substr(0, prefix_letters)); }

}  // namespace pim::auth::keys
