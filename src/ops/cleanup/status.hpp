// What the cleanup did and will do, for people and for programs; and its routes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/router.hpp"
#include "ops/cleanup/cleanup.hpp"
#include "pg/database.hpp"

namespace pim::ops::cleanup {

struct Run {
  std::int64_t id;
  std::string trigger, state, started_by;
  std::optional<pg::Timestamp> slot, finished_at;
  std::optional<std::string> trouble;
  pg::Timestamp started_at;
  std::int64_t examined, purged, held, failed;
};

struct Failure {
  std::int32_t tenant;
  std::string kind;
  std::int32_t id, tries;
  std::string trouble;
  pg::Timestamp first_at, next_try_at;
};

struct Status {
  std::string schedule, time_zone;
  std::optional<pg::Timestamp> next;  // local
  std::optional<std::string> clock_trouble;
  std::vector<Run> runs;  // the last ten
  std::int64_t failures;  // how many
  std::vector<Failure> first_failures;
};

pg::Outcome<Status> status(pg::Blocking& connection, const std::string& schedule, const std::string& time_zone);
std::string status_json(const Status& status);
std::string status_text(const Status& status);

// Asks a run to end. False: it is none that goes on.
pg::Outcome<bool> cancel(pg::Blocking& connection, std::int64_t run);

// GET /admin/cleanup/runs, POST /admin/cleanup/runs/:id/cancel
void add_routes(http::Router& router, pg::Databases& databases);

}  // namespace pim::ops::cleanup
