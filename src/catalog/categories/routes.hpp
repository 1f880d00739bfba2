// The endpoints of categories.
#pragma once

#include "http/router.hpp"
#include "pg/database.hpp"

namespace pim::catalog::categories {

struct Services {
  pg::Databases& databases;
  int retention_days;  // of the trash
};

void add_routes(http::Router& router, const Services& services);

}  // namespace pim::catalog::categories
