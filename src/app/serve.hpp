// Puts the parts together and serves until it is told to stop.
#pragma once

#include <functional>
#include <string>

#include "base/problem.hpp"
#include "config/config.hpp"
#include "http/router.hpp"

namespace pim::app {

// Serves HTTP on the configured address with the database at `database_url` (a libpq URI), whose migrations
// are applied. Calls `ready` with the port once it answers. Returns when SIGTERM or SIGINT came and every
// request under way is answered. A Problem: the port is taken, the database is out of reach, a statement
// does not fit the schema.
Result<void> serve(const config::Config& config, const std::string& database_url,
                   const std::function<void(int port)>& ready = {});

// The routes that it serves, and who may call each.
std::vector<http::Route> routes();

}  // namespace pim::app
