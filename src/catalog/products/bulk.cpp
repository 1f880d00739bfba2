#include "catalog/products/bulk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "catalog/products/parameters.hpp"
#include "catalog/products/statements.hpp"
#include "trash/items.hpp"

namespace pim::catalog::products {

Task<Result<Outcome>> attach_to_family(pg::Database& database, const Act& act, std::int32_t family,
                                       const std::vector<std::int32_t>& products) {
  const auto rows =
      co_await database.write(attach_to_family_statement, act.tenant, act.actor, family, products, act.request_id);
  const FamilyAttached attached = rows[0];
  if (!attached.family_found) co_return not_found(fmt::format("Family with ID {} not found", family));
  Outcome outcome{.done = attached.attached};
  for (const std::int32_t id : attached.missing) {
    outcome.failures.push_back({id, fmt::format("Product with ID {} not found or access denied", id)});
  }
  for (const std::int32_t id : attached.refused) {
    outcome.failures.push_back({id, "A variant has the family of its parent"});
  }
  std::ranges::sort(outcome.failures, {}, &Outcome::Failure::product);
  co_return outcome;
}

Task<Result<trash::DeletedMany>> delete_products(pg::Database& database, const Act& act,
                                                 const std::optional<std::vector<std::int32_t>>& ids,
                                                 const Filter& filter, bool with_variants, std::int32_t rows_max,
                                                 std::int32_t rows_at_once) {
  const auto rows = co_await with_values(act.tenant, rows_max, {}, filter, {}, [&](const auto&... values) {
    return database.write_patiently(delete_products_statement, values..., ids, act.actor, with_variants, std::nullopt,
                                    act.request_id, rows_at_once);
  });
  trash::DeletedMany deleted = rows[0];
  if (deleted.chosen == 0 && !ids) co_await check_values(database, act.tenant, filter, {});
  co_return deleted;
}

Task<Result<std::vector<std::int32_t>>> matching_ids(pg::Database& database, std::int32_t tenant,
                                                     const Filter& filter) {
  constexpr std::int32_t no_limit = std::numeric_limits<std::int32_t>::max();
  const auto rows = co_await with_values(tenant, no_limit, {}, filter, {}, [&](const auto&... values) {
    return database.search(select_products, values...);
  });
  if (rows.empty()) co_await check_values(database, tenant, filter, {});
  std::vector<std::int32_t> ids;
  ids.reserve(static_cast<std::size_t>(rows.size()));
  for (int i = 0; i < rows.size(); ++i) ids.push_back(rows[i].id);
  co_return ids;
}

}  // namespace pim::catalog::products
