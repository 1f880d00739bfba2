// Decides who may call a route, before its handler's answer leaves.
#pragma once

#include <memory>

#include "auth/token.hpp"
#include "http/router.hpp"
#include "pg/database.hpp"

namespace pim::auth {

// The gate of this program: a bearer token names the user; the user's row says, at each request, whether they
// exist, what they are, and which permissions they have.
http::Gate make_gate(std::shared_ptr<const Tokens> tokens, pg::Databases& databases);

}  // namespace pim::auth
