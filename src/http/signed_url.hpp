// Addresses of files that carry their own permission for a time, so that <img src> needs no header:
// /uploads/7/boot.png?owner=7&expires=1795500000&signature=…
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/request.hpp"

namespace pim::http {

class UrlSigner {
 public:
  // The key is derived from the secret of the tokens: who has one of our addresses learns nothing of it.
  UrlSigner(std::string_view secret, std::chrono::seconds lifetime);

  // A path as it is stored ("/uploads/7/a b.png"), of a tenant, as an address that is good for the lifetime at least.
  // What is no path of ours (another site's address) stays as it is.
  std::string sign(std::string_view path, std::int32_t tenant,
                   std::chrono::system_clock::time_point now = std::chrono::system_clock::now()) const;

  // The tenant for which the request's address is signed; nullopt where it is not, or not any more.
  std::optional<std::int32_t> tenant_of(
      const Request& request, std::chrono::system_clock::time_point now = std::chrono::system_clock::now()) const;

 private:
  std::string signature_of(std::string_view path, std::int32_t tenant, std::int64_t expires) const;

  std::string key_;
  std::chrono::seconds lifetime_;
};

}  // namespace pim::http
