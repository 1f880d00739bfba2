#include "auth/sign_up/code.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>

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
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  std::string hash;
  for (unsigned int i = 0; i < size; ++i) fmt::format_to(std::back_inserter(hash), "{:02x}", digest[i]);
  return hash;
}

}  // namespace pim::auth::sign_up
