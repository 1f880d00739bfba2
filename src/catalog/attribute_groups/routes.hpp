// The endpoints of attribute groups, and of their trash.
#pragma once

#include "http/router.hpp"
#include "pg/database.hpp"

namespace pim::catalog::attribute_groups {

struct Services {
  pg::Databases& databases;
  int retention_days;  // how long the trash keeps what has no date of its own
};

void add_routes(http::Router& router, const Services& services);

}  // namespace pim::catalog::attribute_groups
