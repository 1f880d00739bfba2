// The trash as one, over all kinds: what is in it, the acts that put it there, taking them back, emptying it, and what
// keeps it from losing too much.
#pragma once

#include <string>

#include "http/router.hpp"
#include "pg/database.hpp"

namespace pim::trash {

struct Services {
  pg::Databases& databases;
  int retention_days;  // how long the trash keeps what has no date of its own
  std::string secret;  // tokens of previews are signed with it
};

void add_routes(http::Router& router, const Services& services);

}  // namespace pim::trash
