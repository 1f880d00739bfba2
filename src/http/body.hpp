// A request's body as JSON.
#pragma once

#include <boost/json/value.hpp>

#include "async/task.hpp"
#include "http/request.hpp"

namespace pim::http {

// Reads the whole body: JSON, or a form as an object of texts, as old clients may send it. A body of another type,
// like an empty one, is an empty object: whoever needs a field will say so.
Task<Result<boost::json::value>> read_json(Request& request);

}  // namespace pim::http
