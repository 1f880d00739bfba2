// Logging in, and who am I.
#pragma once

#include "auth/services.hpp"
#include "http/router.hpp"

namespace pim::auth {

void add_routes(http::Router& router, const Services& services);

}  // namespace pim::auth
