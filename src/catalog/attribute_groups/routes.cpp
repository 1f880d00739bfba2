#include "catalog/attribute_groups/routes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "base/text.hpp"
#include "catalog/attribute_groups/input.hpp"
#include "catalog/attribute_groups/statements.hpp"
#include "catalog/attribute_type.hpp"
#include "http/body.hpp"
#include "http/list.hpp"
#include "pg/like.hpp"
#include "trash/named.hpp"

namespace pim::catalog::attribute_groups {
namespace {

using http::Caller;
using http::Request;
using http::Response;
using Answer = Task<Result<Response>>;

constexpr std::string_view no_such_group = "Attribute group with ID {} not found";

// Requests ------------------------------------------------------------------------------------------------------

Result<Id> group_id(const Request& request, std::string_view message = no_such_group) {
  return http::existing_id(request, "id", message);
}

std::unexpected<Problem> missing(Id id) { return not_found(fmt::format(fmt::runtime(no_such_group), id)); }

struct ListQuery {
  http::Page page;
  std::optional<std::string> like;
  OptionalFlag has_description;
  OptionalId attributes_min, attributes_max;
  OptionalTime created_after, created_before;
  bool ascending = true;
  Text sort_by;
};

Task<Result<ListQuery>> read_list(const Request& request) {
  ListQuery query{.page = co_await http::Page::of(request),
                  .has_description = co_await http::flag_parameter(request, "hasDescription"),
                  .attributes_min = co_await http::integer_parameter(request, "minAttributes"),
                  .attributes_max = co_await http::integer_parameter(request, "maxAttributes"),
                  .created_after = co_await http::time_parameter(request, "createdAfter"),
                  .created_before = co_await http::time_parameter(request, "createdBefore")};
  if (const auto text = request.query("search"); text && !text->empty()) query.like = pg::like_containing(*text);
  query.sort_by =
      co_await http::choice_parameter(request, "sortBy", {"name", "createdAt", "updatedAt", "totalAttributes"}, "name");
  query.ascending = co_await http::choice_parameter(request, "sortOrder", {"asc", "desc"}, "asc") == "asc";
  const Text by_date = co_await http::choice_parameter(request, "dateFilter", {"latest", "oldest"}, "");
  if (!by_date.empty()) {
    query.sort_by = "createdAt";
    query.ascending = by_date == "oldest";
  }
  co_return query;
}

// The memberships of a body as columns.
struct Columns {
  explicit Columns(const Input& input) {
    for (const Membership& each : input.memberships) {
      required.push_back(each.required ? 1 : 0);
      defaults.push_back(view_of(each.default_value));
      json.push_back(each.default_is_json ? 1 : 0);
    }
  }
  Ids required, json;
  OptionalTexts defaults;
};

// Answers -------------------------------------------------------------------------------------------------------

void write(json::Object& out, const Member& member) {
  out.add("id", member.id).add("attributeId", member.attribute_id).add("required", member.required);
  add_value(out, "defaultValue", member.attribute.type, member.default_value);
  out.add("createdAt", member.created_at);
  json::Object attribute = out.object("attribute");
  attribute.add("id", member.attribute.id)
      .add("name", member.attribute.name)
      .add("type", member.attribute.type)
      .add("userFriendlyType", friendly_type(member.attribute.type))
      .add("unit", member.attribute.unit)
      .add("options", member.attribute.options);
  add_value(attribute, "defaultValue", member.attribute.type, member.attribute.default_value);
  attribute.add("userId", member.attribute.user_id);
}

void write(json::Object& out, const AttributeGroup& group) {
  out.add("id", group.id)
      .add("name", group.name)
      .add("description", group.description)
      .add("userId", group.user_id)
      .add("createdAt", group.created_at)
      .add("updatedAt", group.updated_at)
      .add("totalAttributes", group.members.size());
  json::Array members = out.array("attributes");
  for (const Member& member : group.members) {
    json::Object item = members.object();
    write(item, member);
  }
}

template <class Row>
Response one(const Row& row, int status = 200) {
  Response response{.status = status};
  json::Object body{response.body};
  write(body, row);
  body.close();
  return response;
}

Problem problem_of(const pg::Error& error) {
  if (error.is_unique_violation_of("AttributeGroup_userId_name_live_key")) {
    return conflict("attribute_group.name_taken", "Attribute group with this name already exists").error();
  }
  if (error.is_unique_violation_of("AttributeGroupAttribute_attributeId_attributeGroupId_key")) {
    return conflict("attribute_group.has_attribute", "Attribute is already in this group").error();
  }
  return to_problem(error);
}

// Why a statement wrote no group.
Problem refusal(const SavedGroup& saved) {
  if (!saved.unknown_attributes.empty()) {
    return bad_request(fmt::format("Attributes with IDs {} not found or not accessible",
                                   fmt::join(saved.unknown_attributes, ", ")),
                       "attribute.not_found")
        .error();
  }
  return invalid({saved.troubles.begin(), saved.troubles.end()}).error();
}

class Endpoints {
 public:
  explicit Endpoints(const Services& services) : services_(services) {}

  // Reading -----------------------------------------------------------------------------------------------------

  Answer list_all(Request& request, const Caller& caller) {
    const ListQuery query = co_await read_list(request);
    const auto rows = co_await database().search(list_attribute_groups, caller.tenant, query.page.limit,
                                                 query.page.offset(), view_of(query.like), query.has_description,
                                                 query.attributes_min, query.attributes_max, query.created_after,
                                                 query.created_before, query.ascending, query.sort_by);
    const AttributeGroupPage found = rows[0];
    co_return http::numbered_page(query.page, found.items, found.total,
                                  [](json::Object& item, const AttributeGroup& row) { write(item, row); });
  }

  // The same list, for whoever works on attributes: it takes no parameter that it does not know.
  Answer list_for_attributes(Request& request, const Caller& caller) {
    co_await http::only_parameters(
        request, {"page", "limit", "search", "hasDescription", "minAttributes", "maxAttributes", "createdAfter",
                  "createdBefore", "sortBy", "sortOrder", "dateFilter"});
    co_return co_await list_all(request, caller);
  }

  Answer find(Request& request, const Caller& caller) {
    const Id id = co_await group_id(request);
    const auto rows = co_await database().read(find_attribute_group, caller.tenant, id);
    if (rows.empty()) co_return missing(id);
    co_return one(rows[0]);
  }

  // Writing -----------------------------------------------------------------------------------------------------

  Answer create(Request& request, const Caller& caller) {
    const Input input = co_await read_input(co_await http::read_json(request), Purpose::create);
    const Columns columns(input);
    const auto rows = co_await as_result(
        database().write(create_attribute_group, caller.tenant, caller.user, *input.name, view_of(input.description),
                         input.attribute_ids, columns.required, columns.defaults, columns.json, request.id));
    if (!rows) co_return std::unexpected(problem_of(rows.error()));
    const SavedGroup saved = (*rows)[0];
    if (!saved.group) co_return std::unexpected(refusal(saved));
    co_return one(*saved.group, 201);
  }

  Answer update(Request& request, const Caller& caller) {
    const Id id = co_await group_id(request);
    const Input input = co_await read_input(co_await http::read_json(request), Purpose::update);
    if (input.given.empty()) co_return co_await find(request, caller);
    const Columns columns(input);
    const auto rows = co_await as_result(
        database().write(update_attribute_group, caller.tenant, caller.user, id,
                         Texts(input.given.begin(), input.given.end()), view_of(input.name), view_of(input.description),
                         input.attribute_ids, columns.required, columns.defaults, columns.json, request.id));
    if (!rows) co_return std::unexpected(problem_of(rows.error()));
    if (rows->empty()) co_return missing(id);
    const SavedGroup saved = (*rows)[0];
    if (!saved.group) co_return std::unexpected(refusal(saved));
    co_return one(*saved.group);
  }

  Answer add_attribute(Request& request, const Caller& caller) {
    const Id id = co_await group_id(request);
    const Id attribute = co_await attribute_id(request);
    const Membership membership = co_await read_membership(co_await http::read_json(request));
    const auto rows = co_await as_result(
        database().write(add_group_attribute, caller.tenant, caller.user, id, attribute, membership.required,
                         view_of(membership.default_value), membership.default_is_json, request.id));
    if (!rows) co_return std::unexpected(problem_of(rows.error()));
    const AddedMember added = (*rows)[0];
    if (!added.group_found) co_return missing(id);
    if (!added.attribute_found) {
      co_return not_found(fmt::format("Attribute with ID {} not found or access denied", attribute));
    }
    if (added.trouble) co_return invalid({std::string(*added.trouble)});
    co_return one(*added.member, 201);
  }

  Answer remove_attribute(Request& request, const Caller& caller) {
    const Id id = co_await group_id(request);
    const Id attribute = co_await attribute_id(request);
    const auto rows =
        co_await database().write(remove_group_attribute, caller.tenant, caller.user, id, attribute, request.id);
    if (!rows[0].group_found) co_return missing(id);
    if (rows[0].removed == 0) co_return not_found("Attribute not found in this group");
    co_return Response::message("Attribute removed from group successfully");
  }

  // The trash ---------------------------------------------------------------------------------------------------

  Answer move_to_trash(Request& request, const Caller& caller) {
    const Id id = co_await group_id(request);
    if (co_await http::flag_parameter(request, "dryRun", false)) {
      co_return co_await trash::preview_delete(database(), caller.tenant, *trash::find_kind("attributeGroup"), id,
                                               false, services_.retention_days);
    }
    const auto deleted =
        co_await as_result(trash::delete_named(database(), act_of(request, caller), trash::Kind::attribute_group, id));
    if (!deleted && deleted.error().status == 404) co_return missing(id);
    if (!deleted) co_return std::unexpected(deleted.error());
    co_return trash::answer_to_delete(fmt::format("Attribute group with ID {} has been deleted", id), *deleted,
                                      fmt::format("POST /attribute-groups/{}/restore", id));
  }

  Answer list_deleted(Request& request, const Caller& caller) {
    const auto page = co_await http::Page::of(request);
    co_return co_await trash::list_deleted_named(database(), caller.tenant, trash::Kind::attribute_group, page,
                                                 services_.retention_days);
  }

  Answer restore(Request& request, const Caller& caller) {
    const Id id = co_await group_id(request, "Soft-deleted attribute group with ID {} not found");
    const auto restored =
        co_await trash::restore_named(database(), act_of(request, caller), trash::Kind::attribute_group, id,
                                      trash::Subtree::taken, co_await trash::read_restore_how(request));
    const auto rows = co_await database().read(find_attribute_group, caller.tenant, id);
    Response response;
    json::Object body{response.body};
    body.add("message", restored.message);
    if (rows.empty()) {  // somebody else has deleted it again
      body.add("attributeGroup", std::nullopt);
    } else {
      json::Object group = body.object("attributeGroup");
      write(group, rows[0]);
    }
    body.add_members(restored.facts);
    body.close();
    co_return response;
  }

 private:
  pg::Database& database() const { return services_.databases.here(); }

  static Result<Id> attribute_id(const Request& request) {
    return http::existing_id(request, "attributeId", "Attribute with ID {} not found or access denied");
  }

  Services services_;
};

}  // namespace

void add_routes(http::Router& router, const Services& services) {
  using enum http::Method;
  const auto endpoints = std::make_shared<Endpoints>(services);
  const auto route = [&](http::Method method, std::string_view pattern, std::string_view action,
                         Answer (Endpoints::*handler)(Request&, const Caller&)) {
    router.add(method, pattern, http::needs("attribute-groups", action), http::handler_of(endpoints, handler));
  };
  route(post, "/attribute-groups", "create", &Endpoints::create);
  route(get, "/attribute-groups", "read", &Endpoints::list_all);
  route(get, "/attribute-groups/deleted", "delete", &Endpoints::list_deleted);
  route(get, "/attribute-groups/:id", "read", &Endpoints::find);
  route(patch, "/attribute-groups/:id", "update", &Endpoints::update);
  route(del, "/attribute-groups/:id", "delete", &Endpoints::move_to_trash);
  route(post, "/attribute-groups/:id/attributes/:attributeId", "update", &Endpoints::add_attribute);
  route(del, "/attribute-groups/:id/attributes/:attributeId", "update", &Endpoints::remove_attribute);
  route(post, "/attribute-groups/:id/restore", "update", &Endpoints::restore);
  router.add(get, "/attributes/groups", http::needs("attributes", "read"),
             http::handler_of(endpoints, &Endpoints::list_for_attributes));
}

}  // namespace pim::catalog::attribute_groups
