// Signing up, with a code by mail; passwords: changed, forgotten; signing out everywhere.
#pragma once

#include "auth/services.hpp"
#include "http/router.hpp"

namespace pim::auth::sign_up {

void add_routes(http::Router& router, const Services& services);

}  // namespace pim::auth::sign_up
