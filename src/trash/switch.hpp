// The trash can be switched off for the whole installation (`pixelpim rollback quick`). Then its routes are not there,
// and a delete answers as it did before there was a trash. Underneath everything goes on: what is deleted is hidden and
// recorded, and comes back when the trash is switched on.
#pragma once

#include "http/router.hpp"
#include "pg/database.hpp"

namespace pim::trash {

// Is it a route that is there because of the trash?
bool is_of_trash(const http::Route& route);

// For those whom no look-up of the caller has told.
Task<bool> is_switched_off(pg::Database& database);

// The answer to a path that is not there.
std::unexpected<Problem> no_such_route(const http::Request& request);

// An answer without what it says of the trash.
http::Response as_before(http::Response response, const http::Route& route);

}  // namespace pim::trash
