// What is wrong, found by the program itself: too many deletes, slow statements, a full disk, refused restores, a
// cleanup that does not run. Whoever is to be told is told once when it begins and once when it is over.
#pragma once

#include <chrono>
#include <string>

#include "config/config.hpp"
#include "http/router.hpp"
#include "pg/blocking.hpp"
#include "pg/database.hpp"

namespace pim::ops::alerts {

// Each with the value that it begins at, and the one below which it is over.
inline constexpr std::int64_t deletes_max = 100, deletes_again = 80;         // rows in an hour
inline constexpr std::int64_t storage_percent_max = 80, storage_again = 78;  // of the capacity
inline constexpr std::int64_t statement_milliseconds_max = 1000;             // of one statement
inline constexpr std::chrono::seconds cleanup_age_max = std::chrono::hours{26};

class Watcher {
 public:
  explicit Watcher(const config::Config& config);
  // Looks at everything, and tells who is to be told.
  pg::Outcome<void> look(pg::Blocking& connection);
  // What somebody else has found; an empty summary: it is over.
  pg::Outcome<void> report(pg::Blocking& connection, std::string_view name, const std::string& summary,
                           const std::string& remedy) const;

 private:
  struct Finding;
  pg::Outcome<void> judge(pg::Blocking& connection, const Finding& finding) const;
  pg::Outcome<void> tell_webhook(pg::Blocking& connection);

  const config::Config config_;
  std::vector<std::string> recipients_;
  std::chrono::steady_clock::time_point next_post_{};
};

// Statements of this process that took long: for all to see.
pg::Outcome<void> note_slow_statements(pg::Blocking& connection);

// GET /admin/alerts
void add_routes(http::Router& router, pg::Databases& databases);

}  // namespace pim::ops::alerts
