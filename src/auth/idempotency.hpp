// Idempotency-Key: a request that may be sent twice, because its sender does not know whether it arrived. The first one
// does it, the others get its answer.
#pragma once

#include "async/task.hpp"
#include "http/router.hpp"
#include "pg/database.hpp"

namespace pim::auth {

// Has the route's handler answer; where the request has a key and changes something in a tenant's data, once only. 409
// for a key that was sent with something else, or whose request is still under way.
Task<Result<http::Response>> answer_once(pg::Database& database, http::Request& request, const http::Route& route);

}  // namespace pim::auth
