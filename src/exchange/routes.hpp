// POST /products/import, and imports in the background.
#pragma once

#include <filesystem>
#include <string>

#include "async/runtime.hpp"
#include "exchange/runs/runs.hpp"
#include "http/router.hpp"

namespace pim::exchange {

struct Services {
  Runtime& runtime;
  WorkPool& pool;               // imports run on it
  runs::Runs& runs;             // those in the background
  std::string database_url;     // each with a connection of its own
  std::filesystem::path spool;  // where a file is kept while it comes in
  std::uint64_t bytes_max;      // of one file
};

void add_routes(http::Router& router, const Services& services);

}  // namespace pim::exchange
