// The endpoints of products, and of their trash.
#pragma once

#include <memory>
#include <string>

#include "http/router.hpp"
#include "http/signed_url.hpp"
#include "pg/database.hpp"

namespace pim::catalog::products {

struct Services {
  pg::Databases& databases;
  int retention_days;                             // how long the trash keeps what has no date of its own
  std::string secret;                             // tokens of previews are signed with it
  std::shared_ptr<const http::UrlSigner> signer;  // of the addresses of assets
};

void add_routes(http::Router& router, const Services& services);

}  // namespace pim::catalog::products
