#include "auth/sign_up/code.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include "base/sha256.hpp"

namespace pim::auth::sign_up {

std::string make_code() {
  constexpr std::uint32_t codes = 1'000'000;
  constexpr std::uint32_t limit = 0xFFFFFFFFU - 0xFFFFFFFFU % codes;  // above it some codes would be more likely
  for (;;) {
    std::uint32_t number = 0;
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number) != 1) {
      throw std::runtime_error("no random bytes");
    }
    if (number < limit) return fmt::format("{:06}", number % codes);
  }
}

std::string hash_of_code(std::string_view secret, std::string_view purpose, std::string_view email,
                         std::string_view code) {
  std::string text = fmt::format("{}\n{}\n{}", purpose, email, code);
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return hexadecimal(hmac_sha256(secret, text));
}

}  // namespace pim::auth::sign_up
