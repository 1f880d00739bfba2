// The endpoints of categories.
#pragma once

#include <string>

#include "http/router.hpp"
#include "pg/database.hpp"

namespace pim::catalog::categories {

struct Services {
  pg::Databases& databases;
  int retention_days;  // of the trash
  std::string secret;  // tokens of previews are signed with it
};

void add_routes(http::Router& router, const Services& services);

}  // namespace pim::catalog::categories
