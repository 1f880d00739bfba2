#include "catalog/attributes/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/text.hpp"
#include "catalog/attribute_type.hpp"
#include "catalog/attributes/attribute_json.hpp"
#include "catalog/attributes/input.hpp"
#include "catalog/attributes/statements.hpp"
#include "http/body.hpp"
#include "http/fields.hpp"
#include "http/list.hpp"
#include "http/selection.hpp"
#include "pg/like.hpp"
#include "trash/bulk_delete.hpp"
#include "trash/named.hpp"

namespace pim::catalog::attributes {
namespace {

using http::Caller;
using http::Request;
using http::Response;
using Answer = Task<Result<Response>>;

constexpr std::string_view no_such_attribute = "Attribute with ID {} not found or access denied";
constexpr std::string_view name_key = "Attribute_userId_name_live_key";
constexpr std::size_t suggestion_characters_min = 2;
constexpr Id suggestions_max = 20;

// Requests ------------------------------------------------------------------------------------------------------

Result<Id> attribute_id(const Request& request, std::string_view message = no_such_attribute) {
  return http::existing_id(request, "id", message);
}

std::unexpected<Problem> missing(Id id) { return not_found(fmt::format(fmt::runtime(no_such_attribute), id)); }

// A pattern for names that contain a text; nullopt for an empty one.
std::optional<std::string> like_of(OptionalText text) {
  return text && !text->empty() ? std::optional(pg::like_containing(*text)) : std::nullopt;
}

// The stored type that a filter means, by either of its names.
Result<OptionalText> type_filter(OptionalText name) {
  if (!name || name->empty()) return OptionalText{};
  if (const OptionalText type = stored_type(*name)) return type;
  return invalid({fmt::format("userFriendlyType \"{}\" is no type; GET /attributes/types lists them", *name)});
}

struct ListQuery {
  http::Page page;
  std::optional<std::string> like;
  OptionalText type;
  OptionalFlag has_default, in_groups;
  OptionalTime created_after, created_before;
  bool ascending = true;
  Text sort_by;
};

// Each trouble is a Problem of its own: the first one is answered.
Task<Result<ListQuery>> read_list(const Request& request) {
  co_await http::only_parameters(
      request, {"page", "limit", "search", "userFriendlyType", "dateFilter", "sortBy", "sortOrder", "hasDefaultValue",
                "inGroups", "createdAfter", "createdBefore"});
  ListQuery query{.page = co_await http::Page::of(request),
                  .like = like_of(request.query("search")),
                  .type = co_await type_filter(request.query("userFriendlyType")),
                  .has_default = co_await http::flag_parameter(request, "hasDefaultValue"),
                  .in_groups = co_await http::flag_parameter(request, "inGroups"),
                  .created_after = co_await http::time_parameter(request, "createdAfter"),
                  .created_before = co_await http::time_parameter(request, "createdBefore")};
  query.sort_by = co_await http::choice_parameter(
      request, "sortBy", {"name", "type", "createdAt", "updatedAt", "totalAttributes"}, "name");
  query.ascending = co_await http::choice_parameter(request, "sortOrder", {"asc", "desc"}, "asc") == "asc";
  const Text by_date = co_await http::choice_parameter(request, "dateFilter", {"latest", "oldest"}, "");
  if (!by_date.empty()) {
    query.sort_by = "createdAt";
    query.ascending = by_date == "oldest";
  }
  co_return query;
}

// Answers -------------------------------------------------------------------------------------------------------

Response one_attribute(const Attribute& attribute, int status = 200) {
  Response response{.status = status};
  json::Object body{response.body};
  write(body, attribute);
  body.close();
  return response;
}

Response changed_attribute(const ChangedAttribute& changed) {
  Response response;
  json::Object body{response.body};
  write(body, *changed.attribute);
  if (changed.converts) body.add_raw("conversion", conversion_json(changed));
  body.close();
  return response;
}

Problem problem_of(const pg::Error& error) {
  if (!error.is_unique_violation_of(name_key)) return to_problem(error);
  return conflict("attribute.name_taken", "An attribute with this name already exists").error();
}

// Values that would not be what the attribute says of them.
Problem misfits_of(const ChangedAttribute& changed) {
  Problem problem =
      conflict("attribute.values_do_not_fit",
               fmt::format("{} {} not fit the attribute as {}{}", changed.misfits,
                           changed.misfits == 1 ? "value does" : "values do", friendly_type(changed.new_type),
                           has_options(changed.new_type) ? " with these options" : ""))
          .error();
  problem.remedy =
      "Correct them first; or add ?force=true: then they stay stored as they are, and all others are converted.";
  problem.facts = "\"conversion\":" + conversion_json(changed);
  return problem;
}

class Endpoints {
 public:
  explicit Endpoints(const Services& services) : services_(services) {}

  // Reading -----------------------------------------------------------------------------------------------------

  Answer list_all(Request& request, const Caller& caller) {
    const ListQuery query = co_await read_list(request);
    const auto rows = co_await database().search(
        list_attributes, caller.tenant, query.page.limit, query.page.offset(), view_of(query.like), query.type,
        query.has_default, query.in_groups, query.created_after, query.created_before, query.ascending, query.sort_by);
    const AttributePage found = rows[0];
    co_return http::numbered_page(query.page, found.items, found.total,
                                  [](json::Object& item, const Attribute& row) { write(item, row); });
  }

  Answer list_with_counts(Request& request, const Caller& caller) {
    const auto page = co_await http::Page::of(request);
    const auto rows = co_await database().search(list_attributes_with_counts, caller.tenant, page.limit, page.offset());
    const CountedAttributePage found = rows[0];
    co_return http::numbered_page(page, found.items, found.total,
                                  [](json::Object& item, const CountedAttribute& row) { write(item, row); });
  }

  Answer types(Request&, const Caller&) { co_return Response::json(types_json()); }

  Answer find(Request& request, const Caller& caller) {
    const Id id = co_await attribute_id(request);
    const auto rows = co_await database().read(find_attribute, caller.tenant, id);
    if (rows.empty()) co_return missing(id);
    co_return one_attribute(rows[0]);
  }

  // Always an array of texts; an empty one where the query is too short to say anything.
  Answer suggest(Request& request, const Caller& caller) {
    const auto product = co_await http::integer_parameter(request, "productId");
    const auto attribute = co_await http::integer_parameter(request, "attributeId");
    const auto query = request.query("query");
    std::vector<std::string> troubles;
    if (!product) troubles.emplace_back("productId must be an integer number");
    if (!attribute) troubles.emplace_back("attributeId must be an integer number");
    if (!query) troubles.emplace_back("query must be a string");
    if (!troubles.empty()) co_return invalid(std::move(troubles));
    const auto rows =
        co_await database().search(suggest_values, caller.tenant, *product, *attribute, *query, suggestions_max);
    const Suggestions found = rows[0];
    if (!found.attribute_found) co_return missing(*attribute);
    if (!found.product_found) {
      co_return not_found(fmt::format("Product with ID {} not found or access denied", *product));
    }
    const bool is_short = characters_of(*query) < suggestion_characters_min;
    std::string body;
    json::append(body, is_short ? Texts{} : found.texts);
    co_return Response::json(std::move(body));
  }

  // Writing -----------------------------------------------------------------------------------------------------

  Answer create(Request& request, const Caller& caller) {
    const Input input = co_await read_input(co_await http::read_json(request), Purpose::create);
    const auto rows =
        co_await as_result(database().write(create_attribute, caller.tenant, caller.user, *input.name, *input.type,
                                            view_of(input.unit), Texts(input.options.begin(), input.options.end()),
                                            view_of(input.default_value), input.default_is_json, request.id));
    if (!rows) co_return std::unexpected(problem_of(rows.error()));
    const CreatedAttribute created = (*rows)[0];
    if (created.trouble) co_return invalid({std::string(*created.trouble)});
    co_return one_attribute(*created.attribute, 201);
  }

  Answer update(Request& request, const Caller& caller) {
    const Id id = co_await attribute_id(request);
    const bool is_forced = co_await http::flag_parameter(request, "force", false);
    const Input input = co_await read_input(co_await http::read_json(request), Purpose::update);
    if (input.given.empty()) co_return co_await find(request, caller);
    const auto rows = co_await as_result(database().write_patiently(
        update_attribute, caller.tenant, caller.user, id, Texts(input.given.begin(), input.given.end()),
        view_of(input.name), input.type, view_of(input.unit), Texts(input.options.begin(), input.options.end()),
        view_of(input.default_value), input.default_is_json, is_forced, request.id));
    if (!rows) co_return std::unexpected(problem_of(rows.error()));
    if (rows->empty()) co_return missing(id);
    const ChangedAttribute changed = (*rows)[0];
    if (changed.trouble) co_return invalid({std::string(*changed.trouble)});
    if (!changed.attribute) co_return std::unexpected(misfits_of(changed));
    co_return changed_attribute(changed);
  }

  // The trash ---------------------------------------------------------------------------------------------------

  Answer move_to_trash(Request& request, const Caller& caller) {
    const Id id = co_await attribute_id(request);
    if (co_await http::flag_parameter(request, "dryRun", false)) {
      co_return co_await trash::preview_delete(database(), caller.tenant, *trash::find_kind("attribute"), id, false,
                                               services_.retention_days);
    }
    const auto deleted =
        co_await as_result(trash::delete_named(database(), act_of(request, caller), trash::Kind::attribute, id));
    if (!deleted && deleted.error().status == 404) co_return missing(id);
    if (!deleted) co_return std::unexpected(deleted.error());
    co_return trash::answer_to_delete("Attribute successfully deleted", *deleted,
                                      fmt::format("POST /attributes/{}/restore", id));
  }

  Answer delete_many(Request& request, const Caller& caller) {
    const trash::ItemKind& kind = *trash::find_kind("attribute");
    const auto bulk = co_await trash::read_bulk_delete(request, co_await http::read_json(request), kind, false);
    const auto chosen = co_await http::read_selection(bulk.selection, {"search", "userFriendlyType"});
    const boost::json::value given = chosen.filters;
    http::Fields filters(given, {"search", "userFriendlyType"});
    const auto search = filters.optional_text("search"), type_name = filters.optional_text("userFriendlyType");
    co_await filters.check();
    const auto type = co_await type_filter(view_of(type_name));
    const trash::Previewing previewing{services_.secret, caller.tenant, services_.retention_days};
    trash::Living living{.ids = chosen.ids, .like = like_of(view_of(search))};
    if (type) living.type = *type;
    co_return co_await trash::bulk_delete(database(), act_of(request, caller), previewing, bulk, kind, living);
  }

  Answer list_deleted(Request& request, const Caller& caller) {
    const auto page = co_await http::Page::of(request);
    co_return co_await trash::list_deleted_named(database(), caller.tenant, trash::Kind::attribute, page,
                                                 services_.retention_days);
  }

  Answer restore(Request& request, const Caller& caller) {
    const Id id = co_await attribute_id(request, "Soft-deleted attribute with ID {} not found");
    const auto restored =
        co_await trash::restore_named(database(), act_of(request, caller), trash::Kind::attribute, id,
                                      trash::Subtree::taken, co_await trash::read_restore_how(request));
    const auto rows = co_await database().read(find_attribute, caller.tenant, id);
    Response response;
    json::Object body{response.body};
    body.add("message", restored.message);
    if (rows.empty()) {  // somebody else has deleted it again
      body.add("attribute", std::nullopt);
    } else {
      json::Object attribute = body.object("attribute");
      write(attribute, rows[0]);
    }
    body.add_members(restored.facts);
    body.close();
    co_return response;
  }

 private:
  pg::Database& database() const { return services_.databases.here(); }

  Services services_;
};

}  // namespace

void add_routes(http::Router& router, const Services& services) {
  using enum http::Method;
  const auto endpoints = std::make_shared<Endpoints>(services);
  const auto route = [&](http::Method method, std::string_view pattern, std::string_view action,
                         Answer (Endpoints::*handler)(Request&, const Caller&)) {
    router.add(method, pattern, http::needs("attributes", action), http::handler_of(endpoints, handler));
  };
  route(post, "/attributes", "create", &Endpoints::create);
  route(get, "/attributes", "read", &Endpoints::list_all);
  route(get, "/attributes/types", "read", &Endpoints::types);
  route(get, "/attributes/with-product-counts", "read", &Endpoints::list_with_counts);
  route(get, "/attributes/attribute-suggestions", "update", &Endpoints::suggest);
  route(get, "/attributes/deleted", "delete", &Endpoints::list_deleted);
  route(get, "/attributes/:id", "read", &Endpoints::find);
  route(patch, "/attributes/:id", "update", &Endpoints::update);
  route(del, "/attributes/:id", "delete", &Endpoints::move_to_trash);
  route(post, "/attributes/bulk-delete", "delete", &Endpoints::delete_many);
  route(post, "/attributes/:id/restore", "update", &Endpoints::restore);
}

}  // namespace pim::catalog::attributes
