#include "trash/preview_token.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <charconv>

#include "base/sha256.hpp"

namespace pim::trash {
namespace {

constexpr std::size_t signature_bytes = 16;

std::int64_t seconds_of(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string signature_of(std::string_view secret, const Previewed& previewed, std::int64_t ends) {
  const std::string text = fmt::format("trash preview\n{}\n{}\n{}\n{}\n{}", previewed.tenant, previewed.act,
                                       previewed.rows, ends, previewed.subject);
  return hexadecimal(hmac_sha256(secret, text).substr(0, signature_bytes));
}

std::string token_of(std::string_view secret, const Previewed& previewed, std::int64_t ends) {
  return fmt::format("{}-{}-{}", previewed.rows, ends, signature_of(secret, previewed, ends));
}

// As the token says; whether that is true its signature tells.
struct Numbers {
  std::int64_t rows = 0, ends = 0;
};

Numbers numbers_of(std::string_view token) {
  Numbers numbers;
  const char* const first = token.data();
  const char* const last = first + token.size();
  const char* const dash = std::from_chars(first, last, numbers.rows).ptr;
  if (dash != last) std::from_chars(dash + 1, last, numbers.ends);
  return numbers;
}

}  // namespace

std::string preview_token(std::string_view secret, const Previewed& previewed,
                          std::chrono::system_clock::time_point now) {
  const std::int64_t ends = seconds_of(now + preview_token_lifetime);
  return token_of(secret, previewed, ends);
}

std::int64_t rows_of_preview(std::string_view token) { return numbers_of(token).rows; }

Result<void> check_preview_token(std::string_view secret, const Previewed& wanted, std::string_view token,
                                 std::chrono::system_clock::time_point now) {
  if (wanted.rows <= rows_without_preview_max) return {};
  const std::int64_t ends = numbers_of(token).ends;
  const std::string expected = token_of(secret, wanted, ends);
  const bool fits = ends >= seconds_of(now) && token.size() == expected.size() &&
                    CRYPTO_memcmp(token.data(), expected.data(), expected.size()) == 0;
  if (fits) return {};
  return std::unexpected(
      Problem{.status = 428,
              .code = "trash.preview_required",
              .message = fmt::format("This is about {} rows: ask for its preview first (?dryRun=true), and send the "
                                     "previewToken of the answer",
                                     wanted.rows),
              .facts = fmt::format("\"count\":{}", wanted.rows)});
}

}  // namespace pim::trash
