// Fetches what somebody else names, and only from the public internet: an address of the inside is refused, whatever
// its name says and wherever a redirect leads.
#pragma once

#include <netinet/in.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"

namespace pim::net {

// Is it an address of the public internet? Not loopback, private, link-local, shared, multicast, reserved, or one of
// these in the clothes of IPv6.
bool is_public(const sockaddr& address) noexcept;

struct FetchLimits {
  std::uint64_t bytes_max;
  std::chrono::seconds time_max{60};
  std::vector<std::string>
      allowed_hosts;  // "files.example:8080": hosts and ports that may be inside; for tests and intranets
};

// Gives the body of `url` to `sink`, piece by piece; http and https, ports 80 and 443, five redirects, each looked at.
// Waits: not for an event loop. 400 for an address that may not be fetched or does not answer with 200, 413 for more
// than bytes_max.
Result<void> fetch(std::string url, const FetchLimits& limits,
                   const std::function<Result<void>(std::string_view)>& sink);

// "files.example:8080, 10.0.0.7:80" as a list; addresses of mails too.
std::vector<std::string> items_of(std::string_view list);

}  // namespace pim::net
