// Is the service alive, and can it serve?
#pragma once

#include <functional>

#include "http/router.hpp"
#include "pg/database.hpp"

namespace pim::observe {

// GET /health (the replaced service's), /health/live, /health/ready. `storage_trouble` says what is wrong with the
// store of files, "" where nothing is: everything else serves without it, so that is told, and no reason to be passed
// over.
void add_health_routes(http::Router& router, pg::Databases& databases, std::function<std::string()> storage_trouble);

}  // namespace pim::observe
