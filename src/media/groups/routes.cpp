#include "media/groups/routes.hpp"

#include <fmt/format.h>

#include <limits>

#include "http/body.hpp"
#include "http/fields.hpp"
#include "media/json.hpp"
#include "media/list.hpp"
#include "sql/media/groups.hpp"
#include "trash/assets.hpp"

namespace pim::media::groups {
namespace {

using http::Caller;
using http::Request;
using http::Response;
using Answer = Task<Result<Response>>;

struct Made {
  Id id;
};
BOOST_DESCRIBE_STRUCT(Made, (), (id))

struct Updated {
  bool found, group_found;
};
BOOST_DESCRIBE_STRUCT(Updated, (), (found, group_found))

struct Attached {
  std::int32_t attached;
  Ids not_found;
};
BOOST_DESCRIBE_STRUCT(Attached, (), (attached, not_found))

// tenant, actor, name, parent, request id
const pg::Statement<Made(Id, Id, Text, OptionalId, Text)> create_group{"create_asset_group",
                                                                       sql::media::groups::create_group};
// tenant, actor, group, what is given, name, parent, request id
const pg::Statement<Updated(Id, Id, Id, Texts, OptionalText, OptionalId, Text)> update_group{
    "update_asset_group", sql::media::groups::update_group};
// tenant, actor, group, assets, request id
const pg::Statement<Attached(Id, Id, Id, Ids, Text)> attach_assets{"attach_assets", sql::media::groups::attach_assets};

constexpr std::size_t name_length_max = 255;
constexpr Id id_max = std::numeric_limits<Id>::max();

class Endpoints {
 public:
  explicit Endpoints(const Services& services) : services_(services) {}

  Answer create(Request& request, const Caller& caller);
  Answer list_roots(Request& request, const Caller& caller);
  Answer list_children(Request& request, const Caller& caller);
  Answer find(Request& request, const Caller& caller);
  Answer list_assets(Request& request, const Caller& caller);
  Answer update(Request& request, const Caller& caller);
  Answer attach(Request& request, const Caller& caller);
  Answer move_to_trash(Request& request, const Caller& caller);
  Answer list_deleted(Request& request, const Caller& caller);
  Answer restore(Request& request, const Caller& caller);

 private:
  pg::Database& database() const { return services_.databases.here(); }
  Task<Result<std::string>> detail(const Caller& caller, Id group);
  Task<Result<void>> must_exist(const Caller& caller, Id group);

  Services services_;
};

Result<Id> group_id(const Request& request, std::string_view message = "Asset group not found") {
  return http::existing_id(request, "id", message);
}

std::unexpected<Problem> problem_of(const pg::Error& error) {
  if (error.is_unique_violation_of("AssetGroup_userId_parent_name_live_key")) {
    return conflict("asset_group.name_taken", "Asset group with this name already exists in this folder");
  }
  if (error.sqlstate == "23514" && error.constraint == "AssetGroup_no_cycle") {
    return conflict("asset_group.cycle", "A folder cannot be moved into itself or a folder below it");
  }
  if (error.is_unique_violation_of("Asset_userId_group_name_live_key")) {
    return conflict("asset.name_taken", "Asset with this name already exists in this folder");
  }
  return std::unexpected(to_problem(error));
}

std::unexpected<Problem> no_parent() { return not_found("Parent folder not found or does not belong to you"); }

Task<Result<std::string>> Endpoints::detail(const Caller& caller, Id group) {
  const auto rows = co_await database().read(find_group, caller.tenant, group);
  if (rows.empty()) co_return not_found("Asset group not found");
  std::string out;
  json::Object item{out};
  write(item, rows[0]);
  item.close();
  co_return out;
}

Task<Result<void>> Endpoints::must_exist(const Caller& caller, Id group) {
  const auto rows = co_await database().read(find_group, caller.tenant, group);
  if (rows.empty()) co_return not_found("Asset group not found");
  co_return Result<void>{};
}

// Reading -------------------------------------------------------------------------------------------------------

Answer Endpoints::list_roots(Request& request, const Caller& caller) {
  const auto page = co_await http::Page::of(request);
  auto filter = co_await read_group_filter(request, std::nullopt);
  co_return Response::json(co_await groups_json(database(), caller.tenant, page, std::move(filter)));
}

Answer Endpoints::list_children(Request& request, const Caller& caller) {
  const auto id = co_await group_id(request);
  const auto page = co_await http::Page::of(request);
  auto filter = co_await read_group_filter(request, id);
  co_await must_exist(caller, id);
  co_return Response::json(co_await groups_json(database(), caller.tenant, page, std::move(filter)));
}

Answer Endpoints::find(Request& request, const Caller& caller) {
  co_return Response::json(co_await detail(caller, co_await group_id(request)));
}

Answer Endpoints::list_assets(Request& request, const Caller& caller) {
  const auto id = co_await group_id(request);
  const auto page = co_await http::Page::of(request);
  auto filter = co_await read_asset_filter(request, {.kind = Place::Kind::group, .group = id});
  co_await must_exist(caller, id);
  co_return Response::json(co_await assets_json(database(), *services_.signer, caller.tenant, page, std::move(filter)));
}

// Writing -------------------------------------------------------------------------------------------------------

Answer Endpoints::create(Request& request, const Caller& caller) {
  const auto body = co_await http::read_json(request);
  http::Fields fields(body, {"groupName", "parentGroupId"});
  const std::string name = fields.text("groupName", 1, name_length_max);
  const auto parent = fields.optional_number("parentGroupId", 1, id_max);
  co_await fields.check();
  const auto rows =
      co_await as_result(database().write(create_group, caller.tenant, caller.user, name, parent, request.id));
  if (!rows) co_return problem_of(rows.error());
  if (rows->empty()) co_return no_parent();
  co_return Response::json(co_await detail(caller, (*rows)[0].id), 201);
}

Answer Endpoints::update(Request& request, const Caller& caller) {
  const auto id = co_await group_id(request);
  const auto body = co_await http::read_json(request);
  http::Fields fields(body, {"groupName", "parentGroupId"});
  Texts given;
  std::optional<std::string> name;
  OptionalId parent;
  if (const auto* object = body.if_object()) {
    if (object->contains("groupName"))
      given.emplace_back("groupName"), name = fields.text("groupName", 1, name_length_max);
    if (object->contains("parentGroupId")) {
      given.emplace_back("parentGroupId");
      parent = fields.optional_number("parentGroupId", 1, id_max);
    }
  }
  co_await fields.check();
  if (parent == id) co_return conflict("asset_group.cycle", "A folder cannot be its own parent");
  const auto rows = co_await as_result(database().write(update_group, caller.tenant, caller.user, id, given,
                                                        name ? OptionalText(*name) : std::nullopt, parent, request.id));
  if (!rows) co_return problem_of(rows.error());
  if (!(*rows)[0].found) co_return not_found("Asset group not found");
  if (!(*rows)[0].group_found) co_return no_parent();
  co_return Response::json(co_await detail(caller, id));
}

Result<Ids> read_asset_ids(const boost::json::value& body) {
  constexpr std::size_t ids_max = 1000;
  http::Fields fields(body, {"assetIds"});
  Ids ids;
  const auto* value = body.is_object() ? body.get_object().if_contains("assetIds") : nullptr;
  const auto* list = value == nullptr ? nullptr : value->if_array();
  if (list == nullptr) fields.complain("assetIds must be an array");
  if (list != nullptr && list->empty()) fields.complain("assetIds must contain at least 1 elements");
  if (list != nullptr && list->size() > ids_max) {
    fields.complain(fmt::format("assetIds must contain no more than {} elements", ids_max));
  }
  for (const auto& item : list == nullptr ? boost::json::array{} : *list) {
    const auto* number = item.if_int64();
    if (number == nullptr || *number < 1 || *number > id_max) {
      fields.complain("each value in assetIds must be an integer number");
      break;
    }
    ids.push_back(static_cast<Id>(*number));
  }
  if (auto checked = fields.check(); !checked) return std::unexpected(std::move(checked).error());
  return ids;
}

Answer Endpoints::attach(Request& request, const Caller& caller) {
  const auto id = co_await group_id(request);
  const auto ids = co_await read_asset_ids(co_await http::read_json(request));
  const auto rows =
      co_await as_result(database().write(attach_assets, caller.tenant, caller.user, id, ids, request.id));
  if (!rows) co_return problem_of(rows.error());
  if (rows->empty()) co_return not_found("Asset group not found");
  const Attached attached = (*rows)[0];
  Response response{.status = 201};
  json::Object(response.body)
      .add("message", fmt::format("{} assets attached to group {}", attached.attached, id))
      .add("attached", attached.attached)
      .add("notFound", attached.not_found);
  co_return response;
}

// The trash -----------------------------------------------------------------------------------------------------

Answer Endpoints::move_to_trash(Request& request, const Caller& caller) {
  const auto id = co_await group_id(request);
  if (co_await http::flag_parameter(request, "dryRun", false)) {
    co_return co_await trash::preview_delete(database(), caller.tenant, *trash::find_kind("assetGroup"), id, true,
                                             services_.retention_days);
  }
  const auto deleted = co_await trash::delete_asset_group(database(), act_of(request, caller), id);
  co_return trash::answer_to_delete("Asset group deleted successfully", deleted,
                                    fmt::format("POST /asset-groups/{}/restore", id));
}

Answer Endpoints::list_deleted(Request& request, const Caller& caller) {
  const auto page = co_await http::Page::of(request);
  const auto found = co_await trash::deleted_asset_groups(database(), caller.tenant, page, services_.retention_days);
  co_return trash::answer_with_deleted(page, found, [](json::Object& out, const auto& row) { write(out, row); });
}

Answer Endpoints::restore(Request& request, const Caller& caller) {
  const auto id = co_await group_id(request, "Soft-deleted asset group not found");
  const bool with_parents = co_await http::flag_parameter(request, "restoreParent", false);
  const auto restored = co_await trash::restore_asset_group(database(), act_of(request, caller), id, with_parents,
                                                            co_await trash::read_restore_how(request));
  const auto group = co_await as_result(detail(caller, id));
  Response response;
  json::Object body{response.body};
  // The group is null where somebody else has deleted it again meanwhile.
  body.add("message", restored.message).add_raw("assetGroup", group ? *group : "null");
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
    router.add(method, pattern, http::needs("asset-groups", action), http::handler_of(endpoints, handler));
  };
  route(post, "/asset-groups", "create", &Endpoints::create);
  route(get, "/asset-groups", "read", &Endpoints::list_roots);
  route(get, "/asset-groups/deleted", "delete", &Endpoints::list_deleted);
  route(get, "/asset-groups/:id", "read", &Endpoints::find);
  route(get, "/asset-groups/:id/children", "read", &Endpoints::list_children);
  route(get, "/asset-groups/:id/assets", "read", &Endpoints::list_assets);
  route(patch, "/asset-groups/:id", "update", &Endpoints::update);
  route(post, "/asset-groups/:id/attach-assets", "update", &Endpoints::attach);
  route(del, "/asset-groups/:id", "delete", &Endpoints::move_to_trash);
  route(post, "/asset-groups/:id/restore", "update", &Endpoints::restore);
}

}  // namespace pim::media::groups
