#include "auth/attempts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "auth/statements.hpp"

namespace pim::auth {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

Task<Result<void>> count(pg::Database& database, std::string_view subject, std::int32_t most, std::int32_t seconds) {
  const auto rows = co_await database.write(count_attempt, subject, seconds);
  const Attempts attempts = rows[0];
  if (attempts.count <= most) co_return Result<void>{};
  co_return std::unexpected(Problem{.status = 429,
                                    .code = "too_many_attempts",
                                    .message = "Too many attempts. Try again later.",
                                    .retry_after_seconds = std::max(attempts.seconds_left, 1)});
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

Task<Result<Attempt>> Attempt::begin(pg::Database& database, const AttemptLimits& limits, std::string_view act,
                                     std::string_view account, const http::Request& request) {
  Attempt attempt;
  attempt.account_ = fmt::format("{}:{}", act, lower(account));
  attempt.address_ = fmt::format("{}@{}", act, client_address(request, limits.trusted_proxies));
  co_await count(database, attempt.address_, limits.per_address, limits.window_seconds);
  co_await count(database, attempt.account_, limits.per_account, limits.window_seconds);
  co_return attempt;
}

Task<void> Attempt::forgive(pg::Database& database) const {
  // What is not forgiven now runs out by itself.
  co_await as_result(database.write(forgive_attempts, account_, address_));
}

std::string_view client_address(const http::Request& request, std::string_view trusted_proxies) {
  bool is_trusted = false;
  while (!trusted_proxies.empty() && !is_trusted) {
    const std::size_t end = std::min(trusted_proxies.find(','), trusted_proxies.size());
    is_trusted = trimmed(trusted_proxies.substr(0, end)) == request.remote_address;
    trusted_proxies.remove_prefix(std::min(end + 1, trusted_proxies.size()));
  }
  const std::string_view forwarded = request.header("x-forwarded-for");
  if (!is_trusted || forwarded.empty()) return request.remote_address;
  // The last one is what the proxy itself saw; those before it anybody can write.
  const std::size_t comma = forwarded.rfind(',');
  return trimmed(comma == std::string_view::npos ? forwarded : forwarded.substr(comma + 1));
}

}  // namespace pim::auth
