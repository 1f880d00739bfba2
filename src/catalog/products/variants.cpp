#include "catalog/products/variants.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.hpp"
#include "catalog/products/rules.hpp"
#include "catalog/products/statements.hpp"
#include "http/fields.hpp"

namespace pim::catalog::products {
namespace {

constexpr std::size_t axes_max = 5;

std::optional<std::int32_t> id_of(const boost::json::value* value) {
  boost::system::error_code error;
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const auto id = value->to_number<std::int32_t>(error);
  return error ? std::nullopt : std::optional(id);
}

void read_axis(http::Fields& fields, std::size_t index, const boost::json::value& item, std::vector<Axis>& axes) {
  const std::string name = fmt::format("axes.{}", index);
  if (!item.is_object()) return fields.complain(fmt::format("{} must be an object", name));
  const boost::json::object& object = item.get_object();
  for (const auto& [key, value] : object) {
    if (key != "attributeId" && key != "values") {
      fields.complain(fmt::format("{}.property {} should not exist", name, std::string_view(key)));
    }
  }
  const auto attribute = id_of(object.if_contains("attributeId"));
  if (!attribute) fields.complain(fmt::format("{}.attributeId must be an integer number", name));
  const boost::json::value* values = object.if_contains("values");
  if (values == nullptr || !values->is_array() || values->get_array().empty()) {
    return fields.complain(fmt::format("{}.values must be an array with at least one value", name));
  }
  Axis axis{attribute.value_or(0), {}};
  for (const boost::json::value& value : values->get_array()) {
    const std::string_view text = value.is_string() ? trimmed(value.get_string()) : std::string_view{};
    if (text.empty() || text.contains('\0')) {
      return fields.complain(fmt::format("each value in {}.values must be a string that is not empty", name));
    }
    axis.values.emplace_back(text);
  }
  if (std::ranges::any_of(axes, [&](const Axis& other) { return other.attribute == axis.attribute; })) {
    fields.complain(fmt::format("{}.attributeId {} is given twice", name, axis.attribute));
  }
  axes.push_back(std::move(axis));
}

// One row for each value of each combination, the last axis running fastest.
struct Matrix {
  explicit Matrix(const std::vector<Axis>& axes) {
    std::vector<std::size_t> at(axes.size(), 0);
    for (std::int32_t number = 0;; ++number) {
      for (std::size_t i = 0; i < axes.size(); ++i) {
        combinations.push_back(number);
        attributes.push_back(axes[i].attribute);
        values.emplace_back(axes[i].values[at[i]]);
      }
      std::size_t i = axes.size();
      while (i > 0 && ++at[i - 1] == axes[i - 1].values.size()) at[--i] = 0;
      if (i == 0) return;
    }
  }
  Ids combinations, attributes;
  Texts values;
};

std::unexpected<Problem> no_parent() {
  return bad_request("Parent product not found or does not belong to you", "product.parent_not_found");
}
std::unexpected<Problem> parent_is_variant() {
  return bad_request("Cannot add variants to a variant product. Variants cannot have their own variants.",
                     "product.one_level");
}

// What the database's constraints refuse, in a client's words.
Problem problem_of(const pg::Error& error) {
  if (error.is_unique_violation_of("Product_userId_sku_live_key")) {
    return conflict("product.sku_taken", "A product with the SKU of one of these variants already exists").error();
  }
  if (error.is_unique_violation_of("Product_userId_name_live_key")) {
    return conflict("product.name_taken", "A product with the name of one of these variants already exists").error();
  }
  if (error.sqlstate == "23514" && error.constraint == "Product_one_level") {
    return conflict("product.one_level", "Somebody made one of these a parent or a variant at this moment").error();
  }
  return to_problem(error);
}

}  // namespace

Result<std::vector<Axis>> read_axes(const boost::json::value& body) {
  http::Fields fields(body, {"axes"});
  std::vector<Axis> axes;
  const boost::json::value* given = body.is_object() ? body.get_object().if_contains("axes") : nullptr;
  if (given == nullptr || !given->is_array() || given->get_array().empty()) {
    fields.complain("axes must be an array with at least one axis");
  } else if (given->get_array().size() > axes_max) {
    fields.complain(fmt::format("axes must contain no more than {} elements", axes_max));
  } else {
    std::size_t index = 0;
    for (const boost::json::value& item : given->get_array()) read_axis(fields, index++, item, axes);
  }
  if (auto checked = fields.check(); !checked) return std::unexpected(std::move(checked).error());
  std::size_t combinations = 1;
  for (const Axis& axis : axes)
    combinations = std::min(combinations * axis.values.size(), generated_max * generated_max);
  if (combinations > generated_max) {
    return invalid({fmt::format("axes must make no more than {} combinations at once", generated_max)});
  }
  return axes;
}

Task<Result<Generated>> generate_variants(pg::Database& database, const Act& act, std::int32_t parent,
                                          const std::vector<Axis>& axes) {
  const Matrix matrix(axes);
  auto rows = co_await as_result(database.write(
      generate_variants_statement, act.tenant, act.actor, parent, matrix.combinations, matrix.attributes, matrix.values,
      act.request_id, static_cast<std::int32_t>(sku_rule.max), static_cast<std::int32_t>(name_rule.max)));
  if (!rows) co_return std::unexpected(problem_of(rows.error()));
  const GeneratedRows made = (*rows)[0];
  if (!made.parent_found) co_return no_parent();
  if (made.parent_is_variant) co_return parent_is_variant();
  if (!made.unknown_attributes.empty()) {
    co_return bad_request("One or more attributes do not exist or do not belong to you", "attribute.not_found");
  }
  if (!made.value_troubles.empty()) co_return invalid({made.value_troubles.begin(), made.value_troubles.end()});
  if (!made.too_long.empty()) {
    co_return invalid({fmt::format("The SKU or the name of {} would be too long", fmt::join(made.too_long, ", "))});
  }
  Generated generated{.skipped = made.skipped};
  for (const NamedProduct& variant : made.created) {
    generated.created.push_back({variant.id, std::string(variant.name), std::string(variant.sku)});
  }
  co_return generated;
}

Task<Result<Outcome>> attach_variants(pg::Database& database, const Act& act, std::int32_t parent,
                                      const std::vector<std::int32_t>& products) {
  auto rows = co_await as_result(
      database.write(attach_variants_statement, act.tenant, act.actor, parent, products, act.request_id));
  if (!rows) co_return std::unexpected(problem_of(rows.error()));
  const Attached attached = (*rows)[0];
  if (!attached.parent_found) co_return no_parent();
  if (attached.parent_is_variant) co_return parent_is_variant();
  Outcome outcome{.done = attached.attached};
  for (const std::int32_t id : attached.missing) {
    outcome.failures.push_back({id, fmt::format("Product with ID {} not found or access denied", id)});
  }
  for (const std::int32_t id : attached.refused) {
    outcome.failures.push_back({id, id == parent ? "A product cannot be its own parent."
                                                 : "A product that has variants cannot become a variant. Variants "
                                                   "cannot have their own variants."});
  }
  std::ranges::sort(outcome.failures, {}, &Outcome::Failure::product);
  co_return outcome;
}

Task<Result<std::string>> detach_variant(pg::Database& database, const Act& act, std::int32_t parent,
                                         std::int32_t variant) {
  const auto rows =
      co_await database.write(detach_variant_statement, act.tenant, act.actor, parent, variant, act.request_id);
  if (rows.empty()) {
    co_return bad_request("Variant not found or does not belong to the specified parent product",
                          "product.variant_not_found");
  }
  co_return std::string(rows[0].name);
}

}  // namespace pim::catalog::products
