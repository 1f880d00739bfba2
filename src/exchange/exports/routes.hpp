// GET /products/export, POST /products/export and what belongs to them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "async/runtime.hpp"
#include "http/router.hpp"
#include "pg/database.hpp"

namespace pim::exchange::exports {

struct Services {
  Runtime& runtime;
  pg::Databases& databases;
  WorkPool& pool;               // exports are made on it, some hundred products at a time
  std::string database_url;     // each has a connection of its own
  std::filesystem::path spool;  // where a file lies that must be whole before it is sent
};

void add_routes(http::Router& router, const Services& services);

}  // namespace pim::exchange::exports
