#include "config/database_url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pim::config {
namespace {

// Parameters of libpq that may stand in a URL. Everything else was for another driver.
constexpr std::array<std::string_view, 16> known{
    "host",     "port",        "user",       "password",        "dbname",  "sslmode",          "sslcert",
    "sslkey",   "sslrootcert", "keepalives", "connect_timeout", "options", "application_name", "target_session_attrs",
    "passfile", "service"};

}  // namespace

Result<TranslatedUrl> libpq_url(const std::string& url) {
  if (!url.starts_with("postgres://") && !url.starts_with("postgresql://")) {
    return failure("DATABASE_URL is no PostgreSQL URL.", "Its form is postgresql://user:password@host:5432/database.");
  }
  TranslatedUrl translated;
  const std::size_t question = std::min(url.find('?'), url.size());
  translated.url = url.substr(0, question);
  std::string_view rest = std::string_view(url).substr(std::min(question + 1, url.size()));
  char separator = '?';
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::string_view name = pair.substr(0, std::min(pair.find('='), pair.size()));
    if (name == "pgbouncer" && pair.ends_with("=true")) {
      return failure(
          "DATABASE_URL leads to a pooler in transaction mode (pgbouncer=true); prepared statements do not survive it.",
          "Name the PostgreSQL server itself, or a pooler in session mode; this program pools by itself.");
    }
    if (name == "schema" && !pair.ends_with("=public")) {
      return failure(fmt::format("DATABASE_URL names the {}; only the schema public is supported.", pair),
                     "Leave the parameter out.");
    }
    if (std::ranges::find(known, name) != known.end()) {
      translated.url += std::exchange(separator, '&');
      translated.url += pair;
    } else if (!name.empty() && name != "schema") {
      translated.dropped.emplace_back(name);
    }
  }
  return translated;
}

}  // namespace pim::config
