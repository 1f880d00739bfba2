// The weekly mail to owners that says what the trash will lose, with a link that keeps it.
#pragma once

#include <string>
#include <string_view>

#include "config/config.hpp"
#include "http/router.hpp"
#include "ops/cleanup/cleanup.hpp"
#include "pg/database.hpp"

namespace pim::ops::cleanup {

// How far the mail looks ahead, and for how long its link keeps things after that.
inline constexpr int days_ahead = 7, days_kept = 30;

class Notices {
 public:
  Notices(const config::Config& config, std::string secret);
  // Sends the mails that are due at this local time, each once; those that were missed while nothing ran, too.
  pg::Outcome<void> send(pg::Blocking& connection, WallTime now) const;

 private:
  std::string text_for(std::int32_t tenant, std::span<const Coming> coming, pg::Timestamp until) const;

  std::optional<Schedule> schedule_;  // none: no mails
  int retention_days_;
  std::string public_url_, secret_;
};

// GET, POST /trash/keep
void add_keep_routes(http::Router& router, pg::Databases& databases, int retention_days, std::string secret);

}  // namespace pim::ops::cleanup
