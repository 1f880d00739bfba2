// The description of the API: as OpenAPI for programs, and as a page for people.
#pragma once

#include "http/router.hpp"

namespace pim::reference {

void add_routes(http::Router& router);

}  // namespace pim::reference
