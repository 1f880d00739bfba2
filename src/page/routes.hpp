// The browser app: one page and its modules, embedded in the program.
#pragma once

#include "http/router.hpp"

namespace pim::page {

void add_routes(http::Router& router);

}  // namespace pim::page
