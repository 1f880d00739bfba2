// What programs and people watch: GET /metrics, GET /admin/monitor (a page) and /admin/monitor/facts, which it shows.
#pragma once

#include "config/config.hpp"
#include "http/router.hpp"
#include "pg/database.hpp"

namespace pim::ops::monitor {

void add_routes(http::Router& router, pg::Databases& databases, const config::Config& config);

}  // namespace pim::ops::monitor
