// What people did in the catalogue, told to all who share it. The database writes the notifications themselves, from
// the audit, in the transaction of each act.
#pragma once

#include "http/router.hpp"
#include "pg/database.hpp"

namespace pim::catalog::notifications {

void add_routes(http::Router& router, pg::Databases& databases);

}  // namespace pim::catalog::notifications
