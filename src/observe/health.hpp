// Is the service alive, and can it serve?
#pragma once

#include "http/router.hpp"
#include "pg/database.hpp"

namespace pim::observe {

// GET /health (the replaced service's), /health/live, /health/ready.
void add_health_routes(http::Router& router, pg::Databases& databases);

}  // namespace pim::observe
