// The parameters that a filter and an order are, in the sequence in which all statements over matching products take
// them. One place knows it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "catalog/products/list.hpp"
#include "catalog/products/statements.hpp"

namespace pim::catalog::products {

inline std::optional<pg::Timestamp> time_of(const std::optional<http::Cursor>& cursor) {
  if (!cursor) return std::nullopt;
  return pg::Timestamp{std::chrono::microseconds{cursor->microseconds}};
}
inline std::optional<std::int32_t> id_of(const std::optional<http::Cursor>& cursor) {
  return cursor ? std::optional(cursor->id) : std::nullopt;
}
// Calls `run` with the parameters of a statement over the products that match.
template <class Run>
auto with_parameters(std::int32_t tenant, std::int32_t limit, const http::Page& page, const Filter& filter,
                     const Order& order, Run run) {
  return run(tenant, limit, page.offset(), time_of(page.after), id_of(page.after), filter.with_variants, filter.parent,
             view_of(filter.like), view_of(filter.beginning), view_of(filter.status), filter.category,
             filter.attribute_group, filter.family, filter.without, filter.attributes, order.ascending, order.by);
}

// The conditions on values as columns of one table, which is what the statements take.
struct Conditions {
  explicit Conditions(const ValueFilter& filter) {
    for (const ValueCondition& condition : filter.conditions) {
      ids.push_back(condition.attribute.id);
      names.push_back(view_of(condition.attribute.name));
      tests.push_back(condition.test);
      lows.push_back(view_of(condition.low));
      highs.push_back(view_of(condition.high));
    }
    for (const AttributeRef& attribute : filter.empty) {
      empty_ids.push_back(attribute.id);
      empty_names.push_back(view_of(attribute.name));
    }
  }
  Ids ids, empty_ids;
  OptionalTexts names, lows, highs, empty_names;
  Texts tests;
};

// The same with conditions on values and an attribute to sort by.
template <class Run>
auto with_values(std::int32_t tenant, std::int32_t limit, const http::Page& page, const Filter& filter,
                 const Order& order, Run run) {
  const Conditions of(filter.values);
  return with_parameters(tenant, limit, page, filter, order, [&](const auto&... values) {
    return run(values..., of.ids, of.names, of.tests, of.lows, of.highs, of.empty_ids, of.empty_names,
               OptionalId(order.attribute.id), view_of(order.attribute.name));
  });
}

// 400 for conditions that can't be: on attributes that there are not, numbers that are none. Gives how many match.
Task<Result<std::int64_t>> check_values(pg::Database& database, std::int32_t tenant, const Filter& filter,
                                        const Order& order);

}  // namespace pim::catalog::products
