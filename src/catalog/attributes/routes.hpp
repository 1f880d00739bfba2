// The endpoints of attributes, and of their trash.
#pragma once

#include <string>

#include "http/router.hpp"
#include "pg/database.hpp"

namespace pim::catalog::attributes {

struct Services {
  pg::Databases& databases;
  int retention_days;  // how long the trash keeps what has no date of its own
  std::string secret;  // tokens of previews are signed with it
};

void add_routes(http::Router& router, const Services& services);

}  // namespace pim::catalog::attributes
