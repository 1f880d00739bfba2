#include "http/signed_url.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include "base/id.hpp"
#include "base/sha256.hpp"
#include "http/percent.hpp"

namespace pim::http {
namespace {

bool is_kept(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

std::string percent_encoded(std::string_view path) {
  std::string text;
  for (const char c : path) {
    if (is_kept(c)) {
      text += c;
    } else {
      fmt::format_to(std::back_inserter(text), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return text;
}

std::optional<std::int64_t> number_of(const std::optional<std::string_view>& text) {
  std::int64_t number = 0;
  if (!text) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return number;
}

}  // namespace

UrlSigner::UrlSigner(std::string_view secret, std::chrono::seconds lifetime)
    : key_(hmac_sha256(secret, "addresses of files")), lifetime_(lifetime) {}

std::string UrlSigner::signature_of(std::string_view path, std::int32_t tenant, std::int64_t expires) const {
  return hexadecimal(hmac_sha256(key_, fmt::format("{}\n{}\n{}", path, tenant, expires)));
}

std::string UrlSigner::sign(std::string_view path, std::int32_t tenant,
                            std::chrono::system_clock::time_point now) const {
  if (!path.starts_with("/uploads/")) return std::string(path);
  // At the end of an hour: the address stays the same meanwhile, and caches can use it.
  const auto end = std::chrono::ceil<std::chrono::hours>(now + lifetime_);
  const std::int64_t expires = std::chrono::duration_cast<std::chrono::seconds>(end.time_since_epoch()).count();
  return fmt::format("{}?owner={}&expires={}&signature={}", percent_encoded(path), tenant, expires,
                     signature_of(path, tenant, expires));
}

std::optional<std::int32_t> UrlSigner::tenant_of(const Request& request,
                                                 std::chrono::system_clock::time_point now) const {
  const auto signature = request.query("signature");
  const auto expires = number_of(request.query("expires"));
  const auto tenant = parse_id(request.query("owner").value_or(""));
  const auto path = percent_decoded(request.path);
  if (!signature || !expires || !tenant || !path) return std::nullopt;
  const std::string expected = signature_of(*path, *tenant, *expires);
  if (signature->size() != expected.size() || CRYPTO_memcmp(signature->data(), expected.data(), expected.size()) != 0) {
    return std::nullopt;
  }
  if (std::chrono::system_clock::time_point(std::chrono::seconds(*expires)) <= now) return std::nullopt;
  return tenant;
}

}  // namespace pim::http
