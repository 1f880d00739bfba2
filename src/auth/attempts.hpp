// Limits how often somebody may try: by account, and by the address that it comes from.
#pragma once

#include <string>
#include <string_view>

#include "async/task.hpp"
#include "base/problem.hpp"
#include "http/request.hpp"
#include "pg/database.hpp"

namespace pim::auth {

struct AttemptLimits {
  std::int32_t window_seconds = 15 * 60;
  std::int32_t per_account = 10;
  std::int32_t per_address = 300;  // an office has one address
  std::string trusted_proxies;     // addresses, with commas between them, whose X-Forwarded-For is believed
};

// One attempt at something ("login", "code"): counted before it is looked at, so that attempts side by side count too.
class Attempt {
 public:
  // 429 with Retry-After where there were too many.
  static Task<Result<Attempt>> begin(pg::Database& database, const AttemptLimits& limits, std::string_view act,
                                     std::string_view account, const http::Request& request);
  // It was who it should be.
  Task<void> forgive(pg::Database& database) const;

 private:
  std::string account_, address_;
};

// Where the request comes from: behind a proxy that is trusted, what the proxy says.
std::string_view client_address(const http::Request& request, std::string_view trusted_proxies);

}  // namespace pim::auth
