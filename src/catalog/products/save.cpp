#include "catalog/products/save.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/products/statements.hpp"
#include "trash/items.hpp"

namespace pim::catalog::products {
namespace {

OptionalText optional_view(const std::optional<std::string>& text) { return text ? OptionalText(*text) : std::nullopt; }

Texts views_of(const std::optional<std::vector<std::string>>& texts) {
  return texts ? Texts(texts->begin(), texts->end()) : Texts{};
}

OptionalTexts views_of(const std::vector<std::optional<std::string>>& texts) {
  OptionalTexts views;
  views.reserve(texts.size());
  for (const auto& text : texts) views.push_back(optional_view(text));
  return views;
}

std::vector<std::string> owned(const std::vector<std::string_view>& names) { return {names.begin(), names.end()}; }

// What the database's constraints refuse, in a client's words.
Problem problem_of(const pg::Error& error, const Input& input) {
  if (error.is_unique_violation_of("Product_userId_sku_live_key")) {
    return conflict("product.sku_taken",
                    fmt::format("A product with SKU \"{}\" already exists", input.sku.value_or("")))
        .error();
  }
  if (error.is_unique_violation_of("Product_userId_name_live_key")) {
    return conflict("product.name_taken", "A product with this name already exists").error();
  }
  if (error.sqlstate == "23514" && error.constraint == "Product_one_level") {
    return bad_request("A product that has variants cannot become a variant. Variants cannot have their own variants.",
                       "product.one_level")
        .error();
  }
  return to_problem(error);
}

// Why the statement wrote nothing.
template <class Checks>
Problem refusal(const Checks& checks, const Input& input) {
  if (!checks.parent_found) {
    return bad_request(input.parent_sku ? fmt::format("Parent product with SKU \"{}\" not found", *input.parent_sku)
                                        : "Parent product not found or does not belong to you",
                       "product.parent_not_found")
        .error();
  }
  if (checks.parent_is_variant && input.parent_id) {
    return bad_request("Cannot add variants to a variant product. Variants cannot have their own variants.",
                       "product.one_level")
        .error();
  }
  if (checks.parent_is_variant) {
    return bad_request("Cannot use a variant product as a parent. Variants cannot have their own variants.",
                       "product.one_level")
        .error();
  }
  if (!checks.category_found) {
    return bad_request("Category not found or does not belong to you", "category.not_found").error();
  }
  if (!checks.attribute_group_found) {
    return bad_request("Attribute group not found or does not belong to you", "attribute_group.not_found").error();
  }
  if (!checks.family_found) {
    return bad_request("Family not found or does not belong to you", "family.not_found").error();
  }
  if constexpr (requires { checks.family_is_parents; }) {
    if (!checks.family_is_parents) {
      return bad_request("A variant has the family of its parent: leave familyId out", "product.family_of_parent")
          .error();
    }
  }
  if (!input.family_values.ids.empty() && !checks.has_family) {
    return bad_request("Cannot set family attribute values without a family assigned", "product.no_family").error();
  }
  if (!checks.unknown_attributes.empty()) {
    return bad_request("One or more attributes do not exist or do not belong to you", "attribute.not_found").error();
  }
  if (!checks.not_in_family.empty()) {
    constexpr bool is_update = requires { checks.found; };
    return bad_request(fmt::format("Attribute {} is not part of the {} family", checks.not_in_family.front(),
                                   is_update ? "product's" : "selected"),
                       "attribute.outside_family")
        .error();
  }
  if (!checks.unknown_assets.empty()) {
    return bad_request("One or more assets do not exist or do not belong to you", "asset.not_found").error();
  }
  if (!checks.value_troubles.empty()) return invalid(owned(checks.value_troubles)).error();
  return internal("a product was not written and no check says why").error();
}

}  // namespace

Task<Result<Saved>> create(pg::Database& database, const Act& act, const Input& input) {
  auto outcome = co_await as_result(database.write(
      create_product, act.tenant, act.actor, *input.name, *input.sku, optional_view(input.product_link),
      optional_view(input.image_url), optional_view(input.thumbnail_url), views_of(input.sub_images),
      views_of(input.thumbnail_sub_images), input.category_id, input.attribute_group_id, input.family_id,
      optional_view(input.parent_sku), input.attributes, input.values.ids, views_of(input.values.values),
      input.family_values.ids, views_of(input.family_values.values), act.request_id, input.assets, input.parent_id));
  if (!outcome) co_return std::unexpected(problem_of(outcome.error(), input));
  const WriteChecks checks = (*outcome)[0];
  if (!checks.id) co_return std::unexpected(refusal(checks, input));
  co_return Saved{*checks.id, owned(checks.already_in_family)};
}

Task<Result<Saved>> update(pg::Database& database, const Act& act, std::int32_t product, const Input& input,
                           std::optional<std::int32_t> version) {
  const Texts given(input.given.begin(), input.given.end());
  auto outcome = co_await as_result(database.write(
      update_product, act.tenant, act.actor, product, given, optional_view(input.name), optional_view(input.sku),
      optional_view(input.product_link), optional_view(input.image_url), optional_view(input.thumbnail_url),
      views_of(input.sub_images), views_of(input.thumbnail_sub_images), input.category_id, input.attribute_group_id,
      input.family_id, input.parent_product_id, optional_view(input.parent_sku), input.attributes, input.values.ids,
      views_of(input.values.values), input.family_values.ids, views_of(input.family_values.values), input.assets,
      act.request_id, version));
  if (!outcome) co_return std::unexpected(problem_of(outcome.error(), input));
  const UpdateChecks checks = (*outcome)[0];
  if (!checks.found && version &&
      co_await trash::is_living(database, act.tenant, *trash::find_kind("product"), product)) {
    co_return trash::another_version();
  }
  if (!checks.found) co_return not_found(fmt::format("Product with ID {} not found or access denied", product));
  if (!checks.id) co_return std::unexpected(refusal(checks, input));
  Saved saved{*checks.id, owned(checks.already_in_family)};
  for (const AttributeName& attribute : checks.outside_family) {
    saved.outside_family.push_back({attribute.id, std::string(attribute.name)});
  }
  co_return saved;
}

}  // namespace pim::catalog::products
