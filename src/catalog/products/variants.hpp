// Variants: products below a product, which have what that has where they set nothing of their own.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/act.hpp"
#include "catalog/products/bulk.hpp"
#include "pg/database.hpp"

namespace pim::catalog::products {

// The axes of a matrix of variants: attributes, each with the values that it takes.
struct Axis {
  std::int32_t attribute;
  std::vector<std::string> values;
};
inline constexpr std::size_t generated_max = 100;  // combinations at once

// From {"axes":[{"attributeId":1,"values":["S","M"]}]}. 400 names what is wrong, and says so where there are too many
// combinations.
Result<std::vector<Axis>> read_axes(const boost::json::value& body);

struct Generated {
  struct Variant {
    std::int32_t id;
    std::string name, sku;
  };
  std::vector<Variant> created{};
  std::int32_t skipped = 0;  // combinations that a variant has already
};
// A new variant for each combination. 409 where a SKU or name that it would get is taken.
Task<Result<Generated>> generate_variants(pg::Database& database, const Act& act, std::int32_t parent,
                                          const std::vector<Axis>& axes);

// Makes products variants of a parent.
Task<Result<Outcome>> attach_variants(pg::Database& database, const Act& act, std::int32_t parent,
                                      const std::vector<std::int32_t>& products);

// Makes a variant stand alone; gives its name. 400 where it is no variant of that parent.
Task<Result<std::string>> detach_variant(pg::Database& database, const Act& act, std::int32_t parent,
                                         std::int32_t variant);

}  // namespace pim::catalog::products
