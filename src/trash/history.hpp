// What happened to a product, from the audit.
#pragma once

#include <cstdint>
#include <optional>

#include "async/task.hpp"
#include "http/response.hpp"
#include "pg/database.hpp"

namespace pim::trash {

// {"data":[…],"pagination":{…}}, the last event first. 404 where nothing is known of it.
Task<Result<http::Response>> product_history(pg::Database& database, std::int32_t tenant, std::int32_t product,
                                             std::int32_t limit, std::optional<std::int64_t> after);

}  // namespace pim::trash
