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
// does not fit the schema. SIGUSR2 does the same, for another program to take this one's place: then the socket goes on
// listening, and whoever connects waits for that one.
struct Served {
  int kept_socket = -1;  // to be given to the next program
  bool is_replaced() const noexcept { return kept_socket >= 0; }
};
Result<Served> serve(const config::Config& config, const std::string& database_url,
                     const std::function<void(int port)>& ready = {});

// Becomes the program that is on the disk now, with the same arguments and the socket. Returns only where that fails.
Problem become_the_new_program(const Served& served);

// The routes that it serves, and who may call each.
std::vector<http::Route> routes();

}  // namespace pim::app
