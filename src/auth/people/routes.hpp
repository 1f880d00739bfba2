// Owners, as administrators keep them; staff and their permissions, as owners keep them.
#pragma once

#include "auth/services.hpp"
#include "http/router.hpp"

namespace pim::auth::people {

void add_routes(http::Router& router, const Services& services);

}  // namespace pim::auth::people
