// The tokens that clients carry: JWT, HS256, with the claims of the replaced service, whose tokens go on working
// where the secret is the same.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pim::auth {

struct Claims {
  std::int32_t user;  // "sub"
  std::string email;
  std::string role;                   // "OWNER", …
  std::optional<std::int32_t> owner;  // "ownerId", of staff
  std::int32_t version = 0;           // "tv": the account's, which rises when its sessions are ended
};

class Tokens {
 public:
  Tokens(std::string secret, std::chrono::seconds lifetime);

  std::string issue(const Claims& claims, std::chrono::system_clock::time_point now) const;
  // What the token says; nullopt where it is no token, not signed by our secret with HS256, or expired. Whether the
  // account still is what the token says is another question, for the database.
  std::optional<Claims> verify(std::string_view token, std::chrono::system_clock::time_point now) const;

 private:
  struct Signed {
    Claims claims;
    std::int64_t expires;  // seconds since 1970
  };
  struct Known;

  std::string signature_of(std::string_view signed_part) const;
  std::optional<Signed> read(std::string_view token) const;

  std::string secret_;
  std::chrono::seconds lifetime_;
  std::uint64_t number_;  // of this object among all that there were: none is taken for another
};

}  // namespace pim::auth
