#include "media/storage/s3_signature.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/sha256.hpp"

namespace pim::media {
namespace {

// The day, region and service that a signature is for.
std::string scope_of(std::string_view time, std::string_view region) {
  return fmt::format("{}/{}/s3/aws4_request", time.substr(0, 8), region);
}

S3Pairs signed_headers(const S3Request& request) {
  S3Pairs headers = request.headers;
  headers["host"] = request.host;
  return headers;
}

std::string names_of(const S3Pairs& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
  return names;
}

std::string signature_of(const S3Signer& signer, const S3Request& request, const std::string& time,
                         std::string_view payload) {
  const S3Pairs headers = signed_headers(request);
  std::string canonical = fmt::format("{}\n{}\n{}\n", request.method, request.path, s3_query(request.query));
  for (const auto& [name, value] : headers) canonical += fmt::format("{}:{}\n", name, value);
  canonical += fmt::format("\n{}\n{}", names_of(headers), payload);
  const std::string signed_text =
      fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", time, scope_of(time, signer.region), sha256_of(canonical));
  const std::string day = hmac_sha256("AWS4" + signer.secret_key, std::string_view(time).substr(0, 8));
  const std::string key = hmac_sha256(hmac_sha256(hmac_sha256(day, signer.region), "s3"), "aws4_request");
  return hexadecimal(hmac_sha256(key, signed_text));
}

}  // namespace

std::string s3_time(std::chrono::sys_seconds time) { return fmt::format("{:%Y%m%dT%H%M%SZ}", time); }

std::string s3_encode(std::string_view text, bool keeps_slashes) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~' || (keeps_slashes && c == '/');
    if (plain) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string s3_query(const S3Pairs& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    if (!text.empty()) text += '&';
    text += fmt::format("{}={}", s3_encode(name, false), s3_encode(value, false));
  }
  return text;
}

std::string S3Signer::authorization(const S3Request& request, std::chrono::sys_seconds now) const {
  const std::string time = s3_time(now);
  return fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}", access_key,
                     scope_of(time, region), names_of(signed_headers(request)),
                     signature_of(*this, request, time, request.headers.at("x-amz-content-sha256")));
}

std::string S3Signer::signed_query(S3Request request, std::chrono::sys_seconds now,
                                   std::chrono::seconds lifetime) const {
  const std::string time = s3_time(now);
  request.query.insert({{"X-Amz-Algorithm", "AWS4-HMAC-SHA256"},
                        {"X-Amz-Credential", fmt::format("{}/{}", access_key, scope_of(time, region))},
                        {"X-Amz-Date", time},
                        {"X-Amz-Expires", fmt::format("{}", lifetime.count())},
                        {"X-Amz-SignedHeaders", names_of(signed_headers(request))}});
  const std::string signature = signature_of(*this, request, time, "UNSIGNED-PAYLOAD");
  return fmt::format("{}&X-Amz-Signature={}", s3_query(request.query), signature);
}

}  // namespace pim::media
