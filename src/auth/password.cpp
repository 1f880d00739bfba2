#include "auth/password.hpp"

#include <argon2.h>
#include <crypt.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>

namespace pim::auth {
namespace {

// 7 MiB, five passes, one lane: of the settings that OWASP names as equally strong for argon2id, the one with the least
// memory, which each processor needs for itself while many log in at once.
constexpr std::uint32_t passes = 5, memory_kibibytes = 7 * 1024, lanes = 1;
constexpr std::size_t salt_bytes = 16, hash_bytes = 32;
constexpr std::string_view current_form = "$argon2id$v=19$m=7168,t=5,p=1$";

bool is_bcrypt(std::string_view hash) {
  return hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$");
}

bool verify_bcrypt(std::string_view password, const std::string& hash) {
  if (password.contains('\0')) return false;  // bcrypt would ignore what follows
  const auto data = std::make_unique<crypt_data>();
  const char* const made = crypt_r(std::string(password).c_str(), hash.c_str(), data.get());
  if (made == nullptr) return false;
  const std::string_view result = made;
  return result.size() == hash.size() && CRYPTO_memcmp(result.data(), hash.data(), hash.size()) == 0;
}

// What the program has freed goes back to the system before a hash takes its own, so that the two do not add up. All of
// it is looked through, about a millisecond: at most once a second.
void return_freed_memory() {
  using Clock = std::chrono::steady_clock;
  static std::atomic<Clock::duration> next{Clock::duration::zero()};
  const Clock::duration now = Clock::now().time_since_epoch();
  Clock::duration due = next.load(std::memory_order_relaxed);
  if (now >= due && next.compare_exchange_strong(due, now + std::chrono::seconds{1})) malloc_trim(0);
}

}  // namespace

std::string hash_password(std::string_view password) {
  return_freed_memory();
  std::array<std::uint8_t, salt_bytes> salt{};
  if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1) throw std::runtime_error("no random bytes");
  std::string encoded(argon2_encodedlen(passes, memory_kibibytes, lanes, salt_bytes, hash_bytes, Argon2_id), '\0');
  const int error = argon2id_hash_encoded(passes, memory_kibibytes, lanes, password.data(), password.size(),
                                          salt.data(), salt.size(), hash_bytes, encoded.data(), encoded.size());
  if (error != ARGON2_OK) throw std::runtime_error(argon2_error_message(error));
  encoded.resize(encoded.find('\0'));
  return encoded;
}

bool verify_password(std::string_view password, const std::string& hash) {
  if (is_bcrypt(hash)) return verify_bcrypt(password, hash);
  return_freed_memory();
  return hash.starts_with("$argon2id$") && argon2id_verify(hash.c_str(), password.data(), password.size()) == ARGON2_OK;
}

bool needs_rehash(std::string_view hash) { return !hash.starts_with(current_form); }

void verify_nothing(std::string_view password) {
  static const std::string hash = hash_password("nobody has this password");
  verify_password(password, hash);
}

}  // namespace pim::auth
