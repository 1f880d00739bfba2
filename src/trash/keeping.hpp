// What keeps a tenant's trash from losing too much too soon: how long things stay, legal holds, the brake,
// certificates.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "async/task.hpp"
#include "base/act.hpp"
#include "http/page.hpp"
#include "http/response.hpp"
#include "pg/database.hpp"

namespace pim::trash {

// What is absent stays as it is; a null within is the installation's again.
struct NewPolicy {
  using Setting = std::optional<std::optional<std::int32_t>>;
  Setting retention_days{}, brake_rows{}, brake_percent{};
  std::optional<std::int32_t> brake_released_minutes{};
};

Task<Result<http::Response>> policy(pg::Database& database, std::int32_t tenant, int retention_days);
Task<Result<void>> set_policy(pg::Database& database, const Act& act, const NewPolicy& policy);

// `kind`: product, category or tenant. 404 where there is no such thing; 409 where it is held already.
Task<Result<http::Response>> place_hold(pg::Database& database, const Act& act, std::string_view kind,
                                        std::optional<std::int32_t> item, std::string_view reason);
Task<Result<void>> release_hold(pg::Database& database, const Act& act, std::int64_t hold);
Task<Result<http::Response>> list_holds(pg::Database& database, std::int32_t tenant, bool with_released,
                                        std::int32_t limit, std::optional<std::int64_t> after);

Task<Result<http::Response>> list_certificates(pg::Database& database, std::int32_t tenant, std::int32_t limit,
                                               std::optional<std::int64_t> after);
// What one of them is about; 404 where there is none.
Task<Result<http::Response>> list_purged(pg::Database& database, std::int32_t tenant, std::int64_t certificate,
                                         const http::Page& page);

}  // namespace pim::trash
