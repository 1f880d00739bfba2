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

}  // namespace

std::string preview_token(std::string_view secret, const Previewed& previewed,
                          std::chrono::system_clock::time_point now) {
  const std::int64_t ends = seconds_of(now + preview_token_lifetime);
  return fmt::format("{}-{}", ends, signature_of(secret, previewed, ends));
}

Result<void> check_preview_token(std::string_view secret, const Previewed& wanted, std::string_view token,
                                 std::chrono::system_clock::time_point now) {
  if (wanted.rows <= rows_without_preview_max) return {};
  std::int64_t ends = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), ends);
  const std::string_view rest = token.substr(static_cast<std::size_t>(end - token.data()));
  const std::string expected = "-" + signature_of(secret, wanted, ends);
  const bool fits = error == std::errc{} && ends >= seconds_of(now) && rest.size() == expected.size() &&
                    CRYPTO_memcmp(rest.data(), expected.data(), expected.size()) == 0;
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
