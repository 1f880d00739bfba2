// Is the service alive, and can it serve?
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "http/router.hpp"
#include "pg/database.hpp"

namespace pim::observe {

// What readiness is asked of. Without the database, its migrations or the statements nothing is served: 503. A disk
// that is nearly full or a store of files that is away is told, and no reason to be passed over: everything else
// serves.
struct Readiness {
  pg::Databases& databases;
  std::vector<std::string> migrations;           // that this program needs
  std::vector<std::filesystem::path> folders;    // that it writes to
  std::function<std::string()> storage_trouble;  // what is wrong with the store of files; "" where nothing is
};

// GET /health (the replaced service's), /health/live, /health/ready.
void add_health_routes(http::Router& router, Readiness readiness);

}  // namespace pim::observe
