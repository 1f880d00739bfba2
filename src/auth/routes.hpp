// Logging in, and who am I.
#pragma once

#include <memory>

#include "async/runtime.hpp"
#include "auth/token.hpp"
#include "http/router.hpp"
#include "pg/database.hpp"

namespace pim::auth {

struct Services {
  Runtime& runtime;
  pg::Databases& databases;
  WorkPool& hashing;  // password hashes take long: never on an event loop
  std::shared_ptr<const Tokens> tokens;
};

void add_routes(http::Router& router, const Services& services);

}  // namespace pim::auth
