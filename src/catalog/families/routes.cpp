#include "catalog/families/routes.hpp"

#include <fmt/format.h>

#include <memory>

#include "base/text.hpp"
#include "catalog/families/family_json.hpp"
#include "catalog/families/input.hpp"
#include "catalog/families/statements.hpp"
#include "http/body.hpp"
#include "http/list.hpp"
#include "http/selection.hpp"
#include "pg/like.hpp"
#include "trash/named.hpp"

namespace pim::catalog::families {
namespace {

using http::Caller;
using http::Request;
using http::Response;
using Answer = Task<Result<Response>>;

constexpr std::int32_t products_default = http::Page::limit_max;  // the replaced service gives all of them
constexpr int update_attempts_max = 10;
constexpr std::string_view not_found_text = "Family with ID {} not found";

class Endpoints {
 public:
  explicit Endpoints(const Services& services) : services_(services) {}

  Answer create(Request& request, const Caller& caller);
  Answer list(Request& request, const Caller& caller);
  Answer find(Request& request, const Caller& caller);
  Answer update(Request& request, const Caller& caller);
  Answer add_attribute(Request& request, const Caller& caller);
  Answer remove_attribute(Request& request, const Caller& caller);
  Answer move_to_trash(Request& request, const Caller& caller);
  Answer list_deleted(Request& request, const Caller& caller);
  Answer restore(Request& request, const Caller& caller);

 private:
  pg::Database& database() const { return services_.databases.here(); }
  // The family as it is now, without products.
  Task<Result<pg::Rows<FamilyDetail>>> saved(const Caller& caller, Id family);
  Task<Result<Updated>> save(const Act& act, Id family, const Input& input);

  Services services_;
};

// Small pieces --------------------------------------------------------------------------------------------------

Result<Id> family_id(const Request& request, std::string_view message = not_found_text) {
  return http::existing_id(request, "id", message);
}

Task<Result<void>> missing(Id family) { co_return not_found(fmt::format(fmt::runtime(not_found_text), family)); }

OptionalTexts views_of(const std::vector<std::optional<std::string>>& texts) {
  OptionalTexts views;
  views.reserve(texts.size());
  for (const auto& text : texts) views.push_back(text ? OptionalText(*text) : std::nullopt);
  return views;
}

// What the database's constraints refuse, in a client's words.
Problem problem_of(const pg::Error& error) {
  if (error.is_unique_violation_of("Family_userId_name_live_key")) {
    return conflict("family.name_taken", "Family with this name already exists").error();
  }
  return to_problem(error);
}

// What the attributes of a body have wrong.
template <class Checks>
Result<void> check_attributes(const Checks& checks, const std::vector<std::string>& fields) {
  if (!checks.unknown_attributes.empty()) {
    return bad_request("One or more attributes not found or do not belong to you", "attribute.not_found");
  }
  if (checks.troubles.empty()) return {};
  std::vector<std::string> messages;
  for (std::size_t i = 0; i < checks.troubles.size(); ++i) {
    const auto place = static_cast<std::size_t>(checks.wrong_places[i] - 1);
    messages.push_back(fmt::format("{} {}", fields[place], checks.troubles[i]));
  }
  return invalid(std::move(messages));
}

std::vector<std::string> value_fields(const Attributes& attributes) {
  std::vector<std::string> fields;
  fields.reserve(attributes.fields.size());
  for (const std::string& field : attributes.fields) fields.push_back(field + ".additionalValue");
  return fields;
}

Response one_family(const Family& family, int status) {
  Response response{.status = status};
  json::Object body{response.body};
  write_saved(body, family);
  body.close();
  return response;
}

// Lists ---------------------------------------------------------------------------------------------------------

struct Filter {
  std::optional<std::string> like;
  std::optional<Ids> attributes;
  bool all_attributes = false;
  OptionalFlag has_products, has_required;
  OptionalTime made_from, made_up_to;
  OptionalId products_min, products_max, attributes_min, attributes_max;
};

Task<Result<Filter>> read_filter(const Request& request) {
  Filter filter;
  if (const auto search = request.query("search"); search && !search->empty()) {
    if (search->contains('\0')) co_return invalid({"search must not contain a zero character"});
    filter.like = pg::like_containing(*search);
  }
  filter.attributes = co_await http::ids_parameter(request, "attributeIds");
  filter.all_attributes = "all" == co_await http::choice_parameter(request, "attributeFilter", {"any", "all"}, "any");
  filter.has_products = co_await http::flag_parameter(request, "hasProducts");
  filter.has_required = co_await http::flag_parameter(request, "hasRequiredAttributes");
  filter.made_from = co_await http::time_parameter(request, "createdAfter");
  filter.made_up_to = co_await http::time_parameter(request, "createdBefore");
  filter.products_min = co_await http::integer_parameter(request, "minProducts");
  filter.products_max = co_await http::integer_parameter(request, "maxProducts");
  filter.attributes_min = co_await http::integer_parameter(request, "minAttributes");
  filter.attributes_max = co_await http::integer_parameter(request, "maxAttributes");
  co_return filter;
}

struct Order {
  std::string_view by;
  bool ascending;
};

// `dateFilter` goes before `sortBy`.
Task<Result<Order>> read_order(const Request& request) {
  const auto by = co_await http::choice_parameter(
      request, "sortBy", {"name", "createdAt", "updatedAt", "totalProducts", "totalAttributes"}, "name");
  const auto direction = co_await http::choice_parameter(request, "sortOrder", {"asc", "desc"}, "asc");
  const auto date = co_await http::choice_parameter(request, "dateFilter", {"latest", "oldest"}, "");
  if (!date.empty()) co_return Order{"createdAt", date == "oldest"};
  co_return Order{by, direction == "asc"};
}

Answer Endpoints::list(Request& request, const Caller& caller) {
  co_await http::only_parameters(
      request, {"search", "sortBy", "sortOrder", "dateFilter", "attributeIds", "attributeFilter", "hasProducts",
                "hasRequiredAttributes", "createdAfter", "createdBefore", "minProducts", "maxProducts", "minAttributes",
                "maxAttributes", "page", "limit"});
  const auto page = co_await http::Page::of(request);
  const Filter filter = co_await read_filter(request);
  const Order order = co_await read_order(request);
  const auto rows_of = [&](std::int32_t limit, std::int64_t offset) {
    return database().search(list_families, caller.tenant, limit, offset, view_of(filter.like), filter.attributes,
                             filter.all_attributes, filter.has_products, filter.has_required, filter.made_from,
                             filter.made_up_to, filter.products_min, filter.products_max, filter.attributes_min,
                             filter.attributes_max, order.by, order.ascending);
  };
  const auto rows = co_await rows_of(page.limit, page.offset());
  std::int64_t total = rows.empty() ? 0 : rows[0].total;
  if (rows.empty() && page.number > 1) {  // a page behind the end says nothing of the others
    const auto first = co_await rows_of(1, 0);
    total = first.empty() ? 0 : first[0].total;
  }
  co_return http::numbered_page(page, rows, total,
                                [](json::Object& item, const ListedFamily& family) { write(item, family); });
}

Answer Endpoints::find(Request& request, const Caller& caller) {
  const auto id = co_await family_id(request);
  const auto page = co_await http::Page::of(request, "productPage", "productLimit", products_default);
  const auto rows = co_await database().read(find_family, caller.tenant, id, page.limit, page.offset());
  if (rows.empty()) co_await missing(id);
  const FamilyDetail family = rows[0];
  Response response;
  json::Object body{response.body};
  write(body, family);
  body.add_raw("productsPagination", http::pagination_json(page, family.product_count, std::nullopt, false));
  body.close();
  co_return response;
}

// Writing -------------------------------------------------------------------------------------------------------

Task<Result<pg::Rows<FamilyDetail>>> Endpoints::saved(const Caller& caller, Id family) {
  auto rows = co_await database().read(find_family, caller.tenant, family, 0, 0);
  if (rows.empty()) co_await missing(family);
  co_return rows;
}

Answer Endpoints::create(Request& request, const Caller& caller) {
  const Input input = co_await read_input(co_await http::read_json(request), Purpose::create);
  const Attributes& attributes = input.attributes;
  const auto outcome =
      co_await as_result(database().write(create_family, caller.tenant, caller.user, *input.name, attributes.ids,
                                          attributes.required, views_of(attributes.values), request.id));
  if (!outcome) co_return std::unexpected(problem_of(outcome.error()));
  const Created created = (*outcome)[0];
  co_await check_attributes(created, value_fields(attributes));
  if (!created.id) co_return internal("a family was not written and no check says why");
  const auto rows = co_await saved(caller, *created.id);
  co_return one_family(rows[0], 201);
}

// Who had to wait for another change of the family saw what was before it, and starts anew.
Task<Result<Updated>> Endpoints::save(const Act& act, Id family, const Input& input) {
  const Attributes& attributes = input.attributes;
  for (int attempt = 1;; ++attempt) {
    const auto outcome = co_await as_result(database().write_patiently(
        update_family, act.tenant, act.actor, family, attributes.ids, attributes.required, views_of(attributes.values),
        view_of(input.name), act.request_id, input.has_required, input.has_others, attributes.with_value));
    if (!outcome) co_return std::unexpected(problem_of(outcome.error()));
    const Updated updated = (*outcome)[0];
    if (!updated.is_found) co_await missing(family);
    if (!updated.is_stale) {
      co_await check_attributes(updated, value_fields(attributes));
      if (!updated.id) co_return internal("a family was not changed and no check says why");
      co_return Updated{.id = updated.id, .removed = updated.removed, .kept_values = updated.kept_values};
    }
    if (attempt == update_attempts_max) {
      auto problem = conflict("family.contended", "Others change this family at this moment");
      problem.error().remedy = "Try again.";
      co_return problem;
    }
    co_await database().pause_before_retry(attempt);
  }
}

Answer Endpoints::update(Request& request, const Caller& caller) {
  const auto id = co_await family_id(request);
  const Input input = co_await read_input(co_await http::read_json(request), Purpose::update);
  const Updated updated = co_await save(act_of(request, caller), id, input);
  const auto rows = co_await saved(caller, id);
  Response response;
  json::Object body{response.body};
  write_saved(body, rows[0]);
  body.add("removedAttributes", updated.removed).add("keptValues", updated.kept_values);
  body.close();
  co_return response;
}

Answer Endpoints::add_attribute(Request& request, const Caller& caller) {
  co_await http::only_parameters(request, {"isRequired", "additionalValue"});
  const auto id = co_await family_id(request);
  const auto attribute = co_await http::existing_id(request, "attributeId", "Attribute with ID {} not found");
  const bool required = co_await http::flag_parameter(request, "isRequired", false);
  const OptionalText value = request.query("additionalValue");
  if (value && value->contains('\0')) co_return invalid({"additionalValue must not contain a zero character"});
  const auto outcome = co_await as_result(
      database().write_patiently(add_family_attribute, caller.tenant, caller.user, id, Ids{attribute},
                                 required ? Ids{attribute} : Ids{}, OptionalTexts{value}, request.id));
  if (!outcome) co_return std::unexpected(problem_of(outcome.error()));
  const Added added = (*outcome)[0];
  if (!added.is_found) co_await missing(id);
  if (!added.unknown_attributes.empty()) {
    co_return bad_request("Attribute not found or does not belong to you", "attribute.not_found");
  }
  co_await check_attributes(added, {"additionalValue"});
  if (!added.id) co_return conflict("family.attribute_taken", "Attribute is already assigned to this family");
  const auto rows = co_await database().read(find_family_attribute, caller.tenant, id, attribute);
  if (rows.empty()) co_return not_found("Attribute is not assigned to this family");
  Response response{.status = 201};
  json::Object body{response.body};
  write_saved(body, rows[0]);
  body.close();
  co_return response;
}

Answer Endpoints::remove_attribute(Request& request, const Caller& caller) {
  const auto id = co_await family_id(request);
  const auto attribute = co_await http::existing_id(request, "attributeId", "Attribute is not assigned to this family");
  const auto rows = co_await database().write_patiently(remove_family_attribute, caller.tenant, caller.user, id,
                                                        attribute, request.id);
  const Removed removed = rows[0];
  if (!removed.is_found) co_await missing(id);
  if (removed.removed == 0) co_return not_found("Attribute is not assigned to this family");
  Response response;
  json::Object(response.body)
      .add("message", "Attribute removed from family successfully")
      .add("keptValues", removed.kept_values);
  co_return response;
}

// The trash -----------------------------------------------------------------------------------------------------

Answer Endpoints::move_to_trash(Request& request, const Caller& caller) {
  const auto id = co_await family_id(request);
  if (co_await http::flag_parameter(request, "dryRun", false)) {
    co_return co_await trash::preview_delete(database(), caller.tenant, *trash::find_kind("family"), id, false,
                                             services_.retention_days);
  }
  const auto deleted =
      co_await as_result(trash::delete_named(database(), act_of(request, caller), trash::Kind::family, id));
  if (!deleted && deleted.error().status == 404) co_await missing(id);
  if (!deleted) co_return std::unexpected(deleted.error());
  co_return trash::answer_to_delete(fmt::format("Family with ID {} has been deleted", id), *deleted,
                                    fmt::format("POST /families/{}/restore", id));
}

Answer Endpoints::list_deleted(Request& request, const Caller& caller) {
  const auto page = co_await http::Page::of(request);
  co_return co_await trash::list_deleted_named(database(), caller.tenant, trash::Kind::family, page,
                                               services_.retention_days);
}

Answer Endpoints::restore(Request& request, const Caller& caller) {
  const auto id = co_await family_id(request, "Soft-deleted family with ID {} not found");
  const auto restored = co_await trash::restore_named(database(), act_of(request, caller), trash::Kind::family, id,
                                                      trash::Subtree::taken, co_await trash::read_restore_how(request));
  const auto rows = co_await database().read(find_family, caller.tenant, id, 0, 0);
  Response response;
  json::Object body{response.body};
  body.add("message", restored.message);
  if (rows.empty()) {  // somebody else has deleted it again meanwhile
    body.add("family", std::nullopt);
  } else {
    json::Object family = body.object("family");
    write(family, static_cast<const Family&>(rows[0]));
  }
  body.add_members(restored.facts);
  body.close();
  co_return response;
}

}  // namespace

void add_routes(http::Router& router, const Services& services) {
  using enum http::Method;
  const auto endpoints = std::make_shared<Endpoints>(services);
  const auto route = [&](http::Method method, std::string_view pattern, std::string_view action,
                         Answer (Endpoints::*handler)(Request&, const Caller&)) {
    router.add(method, pattern, http::needs("families", action), http::handler_of(endpoints, handler));
  };
  route(post, "/families", "create", &Endpoints::create);
  route(get, "/families", "read", &Endpoints::list);
  route(get, "/families/deleted", "delete", &Endpoints::list_deleted);
  route(get, "/families/:id", "read", &Endpoints::find);
  route(patch, "/families/:id", "update", &Endpoints::update);
  route(del, "/families/:id", "delete", &Endpoints::move_to_trash);
  route(post, "/families/:id/restore", "update", &Endpoints::restore);
  route(post, "/families/:id/attributes/:attributeId", "update", &Endpoints::add_attribute);
  route(del, "/families/:id/attributes/:attributeId", "update", &Endpoints::remove_attribute);
}

}  // namespace pim::catalog::families
