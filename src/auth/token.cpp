#include "auth/token.hpp"

#include <openssl/crypto.h>

#include <array>
#include <atomic>
#include <boost/json.hpp>
#include <limits>
#include <unordered_map>

#include "base/sha256.hpp"
#include "json/writer.hpp"

namespace pim::auth {
namespace {

constexpr std::size_t token_bytes_max = 4096;
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode_base64url(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<std::uint8_t>(c);
    for (held += 8; held >= 6; held -= 6) text += alphabet[(bits >> (held - 6)) & 63];
  }
  if (held > 0) text += alphabet[(bits << (6 - held)) & 63];
  return text;
}

constexpr auto values_of_letters = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::int8_t>(i);
  return values;
}();

std::optional<std::string> decode_base64url(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const std::int8_t value = values_of_letters[static_cast<std::uint8_t>(c)];
    if (value < 0) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>((bits >> held) & 0xFF);
    }
  }
  return bytes;
}

std::optional<boost::json::object> read_object(std::string_view part) {
  const auto text = decode_base64url(part);
  if (!text) return std::nullopt;
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(*text, error);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

std::optional<std::int64_t> number(const boost::json::object& object, std::string_view key) {
  const boost::json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  boost::system::error_code error;
  const auto result = value->to_number<std::int64_t>(error);
  return error ? std::nullopt : std::optional(result);
}

std::optional<std::int32_t> id(const boost::json::object& object, std::string_view key) {
  const auto value = number(object, key);
  if (!value || *value <= 0 || *value > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
  return static_cast<std::int32_t>(*value);
}

std::string text(const boost::json::object& object, std::string_view key) {
  const boost::json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

std::int64_t seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

// What signs a token is fixed: a token can't choose another algorithm, or none.
bool is_hs256(std::string_view header) {
  static const std::string usual = encode_base64url(R"({"alg":"HS256","typ":"JWT"})");
  if (header == usual) return true;
  const auto object = read_object(header);
  return object && text(*object, "alg") == "HS256";
}

std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

constexpr std::size_t known_max = 1024;

}  // namespace

// Tokens whose signatures were right, on this thread: who sends many requests has each of them checked but once.
struct Tokens::Known {
  std::uint64_t by;  // the number of the object that checked it
  Signed token;
};

Tokens::Tokens(std::string secret, std::chrono::seconds lifetime)
    : secret_(std::move(secret)), lifetime_(lifetime), number_(next_number()) {}

std::string Tokens::signature_of(std::string_view signed_part) const {
  return encode_base64url(hmac_sha256(secret_, signed_part));
}

std::string Tokens::issue(const Claims& claims, std::chrono::system_clock::time_point now) const {
  std::string body;
  json::Object object{body};
  object.add("sub", claims.user)
      .add("email", claims.email)
      .add("role", claims.role)
      .add("ownerId", claims.owner)
      .add("iat", seconds(now))
      .add("exp", seconds(now + lifetime_));
  if (claims.version != 0) object.add("tv", claims.version);
  object.close();
  std::string token = encode_base64url(R"({"alg":"HS256","typ":"JWT"})") + '.' + encode_base64url(body);
  return token + '.' + signature_of(token);
}

std::optional<Claims> Tokens::verify(std::string_view token, std::chrono::system_clock::time_point now) const {
  thread_local std::unordered_map<std::string, Known> known;
  if (token.size() > token_bytes_max) return std::nullopt;
  auto found = known.find(std::string(token));
  if (found == known.end() || found->second.by != number_) {
    auto signed_token = read(token);
    if (!signed_token) return std::nullopt;
    if (known.size() >= known_max) known.clear();
    found = known.insert_or_assign(std::string(token), Known{number_, *std::move(signed_token)}).first;
  }
  const Signed& signed_token = found->second.token;
  if (signed_token.expires <= seconds(now)) return std::nullopt;
  return signed_token.claims;
}

std::optional<Tokens::Signed> Tokens::read(std::string_view token) const {
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;

  const std::string_view signature = token.substr(second + 1);
  const std::string expected = signature_of(token.substr(0, second));
  if (signature.size() != expected.size() || CRYPTO_memcmp(signature.data(), expected.data(), expected.size()) != 0) {
    return std::nullopt;
  }
  if (!is_hs256(token.substr(0, first))) return std::nullopt;
  const auto body = read_object(token.substr(first + 1, second - first - 1));
  if (!body) return std::nullopt;
  const auto user = id(*body, "sub");
  const auto expires = number(*body, "exp");
  if (!user || !expires) return std::nullopt;
  // Tokens of the replaced service know no version: they are of the first.
  const auto version = number(*body, "tv").value_or(0);
  if (version < 0 || version > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
  return Signed{{.user = *user,
                 .email = text(*body, "email"),
                 .role = text(*body, "role"),
                 .owner = id(*body, "ownerId"),
                 .version = static_cast<std::int32_t>(version)},
                *expires};
}

}  // namespace pim::auth
