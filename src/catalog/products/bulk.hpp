// Acts on many products at once, each of them one statement.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/act.hpp"
#include "catalog/products/list.hpp"
#include "pg/database.hpp"
#include "trash/bulk_delete.hpp"

namespace pim::catalog::products {

// What became of many: how many were had, and why each of the others was not.
struct Outcome {
  std::int32_t done = 0;
  struct Failure {
    std::int32_t product;
    std::string error;
  };
  std::vector<Failure> failures{};
};

// Gives products a family; their variants follow. 404 where there is no such family.
Task<Result<Outcome>> attach_to_family(pg::Database& database, const Act& act, std::int32_t family,
                                       const std::vector<std::int32_t>& products);

// Moves products to the trash as one deletion: those of `ids`, or where there are none those that match, `rows_max` at
// most; with their variants, or leaving them to stand alone. More than `rows_at_once` go in the background. 400 for
// conditions that can't be.
Task<Result<trash::DeletedMany>> delete_products(pg::Database& database, const Act& act,
                                                 const std::optional<std::vector<std::int32_t>>& ids,
                                                 const Filter& filter, bool with_variants, std::int32_t rows_max,
                                                 std::int32_t rows_at_once);

// The ids of those that match. 400 for conditions that can't be.
Task<Result<std::vector<std::int32_t>>> matching_ids(pg::Database& database, std::int32_t tenant, const Filter& filter);

}  // namespace pim::catalog::products
