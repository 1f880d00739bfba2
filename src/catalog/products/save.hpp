// Creating and changing products.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/act.hpp"
#include "catalog/products/input.hpp"
#include "pg/database.hpp"

namespace pim::catalog::products {

struct Saved {
  std::int32_t id;
  std::vector<std::string> already_in_family{};  // names of attributes that were sent and are in the family anyway
  // Attributes with values that the family which it has now does not have: they are custom ones.
  struct Attribute {
    std::int32_t id;
    std::string name;
  };
  std::vector<Attribute> outside_family{};
};

// 400 for what is referred to and isn't there, 409 for a SKU or name that a living product has.
Task<Result<Saved>> create(pg::Database& database, const Act& act, const Input& input);
// 404 where there is no such living product; else as `create`.
// With `version` only that very version: 412 for another.
Task<Result<Saved>> update(pg::Database& database, const Act& act, std::int32_t product, const Input& input,
                           std::optional<std::int32_t> version = {});

}  // namespace pim::catalog::products
