// Decides who may call a route, before its handler's answer leaves.
#pragma once

#include <memory>

#include "auth/token.hpp"
#include "http/router.hpp"
#include "http/signed_url.hpp"
#include "pg/database.hpp"

namespace pim::auth {

// The gate of this program: a bearer token names the user; the user's row says, at each request, whether they
// exist, what they are, and which permissions they have. Where a route takes it, a signed address does instead.
http::Gate make_gate(std::shared_ptr<const Tokens> tokens, std::shared_ptr<const http::UrlSigner> signer,
                     pg::Databases& databases);

}  // namespace pim::auth
