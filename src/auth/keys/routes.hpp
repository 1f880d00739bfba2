// API keys: make, list, rotate, revoke.
#pragma once

#include "http/router.hpp"
#include "pg/database.hpp"

namespace pim::auth::keys {

void add_routes(http::Router& router, pg::Databases& databases);

}  // namespace pim::auth::keys
