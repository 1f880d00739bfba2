#include "auth/people/routes.hpp"

#include <fmt/format.h>

#include "auth/people/statements.hpp"
#include "auth/permissions.hpp"
#include "auth/statements.hpp"
#include "http/body.hpp"
#include "http/fields.hpp"
#include "http/page.hpp"
#include "json/writer.hpp"

namespace pim::auth::people {
namespace {

using http::Caller;
using http::Request;
using http::Response;
using Answer = Task<Result<Response>>;

constexpr std::size_t password_characters_min = 8;
constexpr std::size_t grants_max = 200;

// Bodies --------------------------------------------------------------------------------------------------------

struct NewPerson {
  std::string email, fullname, password;
};

Result<NewPerson> read_new_person(const boost::json::value& body) {
  http::Fields fields(body, {"email", "fullname", "password"});
  NewPerson person{.email = fields.email("email"),
                   .fullname = fields.text("fullname"),
                   .password = fields.text("password", password_characters_min, password_characters_max)};
  if (auto checked = fields.check(); !checked) return std::unexpected(checked.error());
  return person;
}

struct Changes {
  std::optional<std::string> email, fullname, password;
};

Result<Changes> read_changes(const boost::json::value& body) {
  http::Fields fields(body, {"email", "fullname", "password"});
  Changes changes{.email = fields.optional_email("email"),
                  .fullname = fields.optional_text("fullname"),
                  .password = fields.optional_text("password", password_characters_min, password_characters_max)};
  if (auto checked = fields.check(); !checked) return std::unexpected(checked.error());
  return changes;
}

struct Grants {
  std::vector<std::string> resources, actions;
  std::vector<Id> granted;
};

// Adds one permission; a name that does not exist would never have an effect, and is refused.
Result<void> read_grant(const boost::json::value& body, Grants& grants) {
  http::Fields fields(body, {"resource", "action", "granted"});
  std::string resource = fields.text("resource"), action = fields.text("action");
  const bool granted = fields.flag("granted", true);
  if (auto checked = fields.check(); !checked) return checked;
  if (!is_permission(resource, action)) {
    return invalid(
        {fmt::format("There is no permission \"{}\" on \"{}\"; GET /permissions lists them", action, resource)});
  }
  grants.resources.push_back(std::move(resource));
  grants.actions.push_back(std::move(action));
  grants.granted.push_back(granted ? 1 : 0);
  return {};
}

Result<Grants> read_grants(const boost::json::value& body) {
  http::Fields fields(body, {"permissions"});
  const boost::json::value* list = body.is_object() ? body.get_object().if_contains("permissions") : nullptr;
  if (list == nullptr || !list->is_array()) {
    fields.complain("permissions must be an array");
  } else if (list->get_array().size() > grants_max) {
    fields.complain(fmt::format("permissions must contain no more than {} elements", grants_max));
  }
  if (auto checked = fields.check(); !checked) return std::unexpected(checked.error());
  Grants grants;
  for (const boost::json::value& item : list->get_array()) {
    if (auto read = read_grant(item, grants); !read) return std::unexpected(read.error());
  }
  return grants;
}

// Answers -------------------------------------------------------------------------------------------------------

void write(json::Object& out, const Account& account, bool with_owner) {
  out.add("id", account.id).add("email", account.email).add("fullname", account.fullname).add("role", account.role);
  if (with_owner) out.add("ownerId", account.owner_id);
  out.add("createdAt", account.created_at);
}

void write(json::Object& out, const Permission& permission) {
  out.add("id", permission.id)
      .add("userId", permission.user_id)
      .add("resource", permission.resource)
      .add("action", permission.action)
      .add("granted", permission.granted)
      .add("createdAt", permission.created_at)
      .add("updatedAt", permission.updated_at);
}

Response one_account(const Account& account, bool with_owner, int status) {
  Response response{.status = status};
  json::Object body{response.body};
  write(body, account, with_owner);
  body.close();
  return response;
}

// A list without pages, as old clients know it.
template <class Rows, class Write>
Response list_of(const Rows& rows, Write write_row) {
  Response response;
  {
    json::Array list{response.body};
    for (int i = 0; i < rows.size(); ++i) {
      json::Object item = list.object();
      write_row(item, rows[i]);
    }
  }
  return response;
}

OptionalText view(const std::optional<std::string>& text) { return text ? OptionalText(*text) : std::nullopt; }

// 0, which nobody has, for what can't be an id.
Result<Id> id_of(const Request& request, std::string_view name) {
  const auto id = http::id_parameter(request, name);
  if (!id) return std::unexpected(id.error());
  return id->value_or(0);
}

class Endpoints {
 public:
  explicit Endpoints(const Services& services) : services_(services) {}

  // Owners, by administrators -------------------------------------------------------------------------------------

  Answer create_owner(Request& request, const Caller& caller) { return create(request, caller, "OWNER", std::nullopt); }

  Answer list_all_owners(Request&, const Caller&) {
    const auto rows = co_await database().read(list_owners);
    co_return list_of(rows, [](json::Object& item, const ListedOwner& owner) {
      item.add("id", owner.id)
          .add("email", owner.email)
          .add("fullname", owner.fullname)
          .add("role", owner.role)
          .add("createdAt", owner.created_at)
          .add("deactivatedAt", owner.deactivated_at);
      item.object("_count")
          .add("staffMembers", owner.staff_members)
          .add("products", owner.products)
          .add("assets", owner.assets);
    });
  }

  Answer show_owner(Request& request, const Caller&) {
    const auto rows = co_await database().read(find_owner, co_await id_of(request, "ownerId"));
    if (rows.empty()) co_return not_found("Owner not found");
    const Owner owner = rows[0];
    Response response;
    json::Object body{response.body};
    body.add("id", owner.id)
        .add("email", owner.email)
        .add("fullname", owner.fullname)
        .add("role", owner.role)
        .add("createdAt", owner.created_at)
        .add("deactivatedAt", owner.deactivated_at);
    {
      json::Array list = body.array("staffMembers");
      for (const StaffMember& member : owner.staff_members) {
        list.object()
            .add("id", member.id)
            .add("email", member.email)
            .add("fullname", member.fullname)
            .add("createdAt", member.created_at);
      }
    }
    body.object("_count")
        .add("products", owner.products)
        .add("assets", owner.assets)
        .add("categories", owner.categories)
        .add("families", owner.families);
    body.close();
    co_return response;
  }

  Answer update_owner(Request& request, const Caller& caller) {
    const Id id = co_await id_of(request, "ownerId");
    auto answer = co_await as_result(change(request, caller, id, std::nullopt));
    if (!answer && answer.error().status == 404) co_return not_found("Owner not found");
    co_return answer;
  }

  Answer delete_owner(Request& request, const Caller& caller) {
    const Id id = co_await id_of(request, "ownerId");
    const auto rows = co_await database().write(set_active, id, std::nullopt, false, caller.user, request.id);
    if (rows.empty()) co_return not_found("Owner not found");
    co_return Response::message("Owner deleted successfully");
  }

  Answer restore_owner(Request& request, const Caller& caller) {
    const Id id = co_await id_of(request, "ownerId");
    const auto rows = co_await database().write(set_active, id, std::nullopt, true, caller.user, request.id);
    if (rows.empty()) co_return not_found("Deleted owner not found");
    co_return Response::message("Owner restored successfully");
  }

  // Staff, by their owner -----------------------------------------------------------------------------------------

  Answer create_staff(Request& request, const Caller& caller) {
    return create(request, caller, "STAFF", caller.tenant);
  }

  Answer list_own_staff(Request& request, const Caller& caller) {
    const auto rows = co_await database().read(list_staff, caller.tenant, request.query("deleted") == "true");
    co_return list_of(rows, [](json::Object& item, const Account& account) { write(item, account, true); });
  }

  Answer update_staff(Request& request, const Caller& caller) {
    const Id id = co_await id_of(request, "staffId");
    auto answer = co_await as_result(change(request, caller, id, caller.tenant));
    if (!answer && answer.error().status == 404) {
      co_return co_await refuse_staff(id, caller, "You can only update your own staff members");
    }
    co_return answer;
  }

  Answer delete_staff(Request& request, const Caller& caller) {
    const Id id = co_await id_of(request, "staffId");
    const auto rows = co_await database().write(set_active, id, caller.tenant, false, caller.user, request.id);
    if (rows.empty()) co_return co_await refuse_staff(id, caller, "You can only delete your own staff members");
    co_return Response::message("Staff member deleted successfully");
  }

  Answer restore_staff(Request& request, const Caller& caller) {
    const Id id = co_await id_of(request, "staffId");
    const auto rows = co_await database().write(set_active, id, caller.tenant, true, caller.user, request.id);
    if (rows.empty()) co_return not_found("Deleted staff member not found");
    co_return Response::message("Staff member restored successfully");
  }

  // Permissions ---------------------------------------------------------------------------------------------------

  Answer catalogue(Request&, const Caller&) {
    Response response;
    {
      json::Object body{response.body};
      json::Array list = body.array("data");
      for (const Resource& resource : permissions()) {
        json::Object item = list.object();
        item.add("resource", resource.name);
        item.add("actions", std::vector<Text>(resource.actions.begin(), resource.actions.end()));
      }
    }
    co_return response;
  }

  Answer grant_one(Request& request, const Caller& caller) {
    Grants grants;
    co_await read_grant(co_await http::read_json(request), grants);
    const auto rows = co_await grant(request, caller, grants);
    Response response{.status = 201};
    json::Object body{response.body};
    write(body, rows[0]);
    body.close();
    co_return response;
  }

  Answer grant_many(Request& request, const Caller& caller) {
    const Grants grants = co_await read_grants(co_await http::read_json(request));
    const auto rows = co_await grant(request, caller, grants);
    Response response{.status = 201};
    {
      json::Object body{response.body};
      body.add("message", "Permissions assigned successfully");
      json::Array list = body.array("permissions");
      for (int i = 0; i < rows.size(); ++i) {
        json::Object item = list.object();
        write(item, rows[i]);
      }
    }
    co_return response;
  }

  Answer list_of_staff(Request& request, const Caller& caller) {
    const Id id = co_await id_of(request, "staffId");
    const auto people = co_await database().read(find_person, id);
    if (people.empty()) co_return not_found("Staff user not found");
    const bool is_theirs = caller.role == http::Role::admin || caller.user == id ||
                           (caller.role == http::Role::owner && people[0].owner_id == caller.tenant);
    if (!is_theirs) co_return forbidden("You can only view permissions of your own staff members");
    const auto rows = co_await database().read(list_permissions, id);
    co_return list_of(rows, [](json::Object& item, const Permission& permission) { write(item, permission); });
  }

  Answer revoke(Request& request, const Caller& caller) {
    const Id id = co_await id_of(request, "staffId");
    const auto resource = request.query("resource"), action = request.query("action");
    std::vector<std::string> troubles;
    if (!resource || resource->empty()) troubles.emplace_back("resource should not be empty");
    if (!action || action->empty()) troubles.emplace_back("action should not be empty");
    if (!troubles.empty()) co_return invalid(std::move(troubles));
    const auto rows =
        co_await database().write(revoke_permission, caller.tenant, id, *resource, *action, caller.user, request.id);
    if (!rows.empty()) co_return Response::message("Permission removed successfully");
    co_await must_be_own_staff(id, caller, "You can only remove permissions from your own staff members");
    co_return not_found(fmt::format("There is no permission '{}' on '{}' to remove", *action, *resource));
  }

 private:
  pg::Database& database() { return services_.databases.here(); }

  Answer create(Request& request, const Caller& caller, Text role, OptionalId owner) {
    const NewPerson person = co_await read_new_person(co_await http::read_json(request));
    const std::string hash = co_await hash_on_pool(services_, person.password);
    const auto rows = co_await as_result(database().write(create_person, person.email, Text(person.fullname), hash,
                                                          role, owner, caller.user, request.id));
    if (!rows) co_return std::unexpected(account_problem(rows.error()));
    co_return one_account((*rows)[0], owner.has_value(), 201);
  }

  // 404 where no such account belongs to the owner.
  Answer change(Request& request, const Caller& caller, Id id, OptionalId owner) {
    const Changes changes = co_await read_changes(co_await http::read_json(request));
    std::optional<std::string> hash;
    if (changes.password) hash = co_await hash_on_pool(services_, *changes.password);
    const auto rows = co_await as_result(database().write(update_person, id, owner, view(changes.email),
                                                          view(changes.fullname), view(hash), caller.user, request.id));
    if (!rows) co_return std::unexpected(account_problem(rows.error()));
    if (rows->empty()) co_return not_found("");
    co_return one_account((*rows)[0], owner.has_value(), 200);
  }

  Task<Result<pg::Rows<Permission>>> grant(Request& request, const Caller& caller, const Grants& grants) {
    const Id id = co_await id_of(request, "staffId");
    const auto views = [](const std::vector<std::string>& texts) {
      return std::vector<Text>(texts.begin(), texts.end());
    };
    auto rows = co_await database().write(grant_permissions, caller.tenant, id, views(grants.resources),
                                          views(grants.actions), grants.granted, caller.user, request.id);
    if (rows.empty() && !grants.resources.empty()) {
      co_await must_be_own_staff(id, caller, "You can only assign permissions to your own staff members");
    }
    co_return rows;
  }

  // What the replaced service says of an account that is not one of the caller's staff.
  Task<Result<void>> must_be_own_staff(Id id, const Caller& caller, Text not_own) {
    const auto people = co_await database().read(find_person, id);
    if (people.empty()) co_return not_found("Staff user not found");
    const Person person = people[0];
    if (person.role != "STAFF") {
      co_return bad_request("Permissions can only be assigned to STAFF users", "account.not_staff");
    }
    if (person.owner_id != caller.tenant) co_return forbidden(std::string(not_own));
    co_return Result<void>{};
  }

  Answer refuse_staff(Id id, const Caller& caller, Text not_own) {
    const auto people = co_await database().read(find_person, id);
    const bool is_foreign = !people.empty() && people[0].role == "STAFF" && people[0].owner_id != caller.tenant;
    if (is_foreign) co_return forbidden(std::string(not_own));
    co_return not_found("Staff member not found");
  }

  Services services_;
};

}  // namespace

void add_routes(http::Router& router, const Services& services) {
  using enum http::Method;
  constexpr http::Access by_admin = http::only(http::Role::admin), by_owner = http::only(http::Role::owner);
  const auto endpoints = std::make_shared<Endpoints>(services);
  const auto route = [&](http::Method method, Text pattern, http::Access access,
                         Answer (Endpoints::*handler)(Request&, const Caller&)) {
    router.add(method, pattern, access, http::handler_of(endpoints, handler));
  };
  route(post, "/admin/create-owner", by_admin, &Endpoints::create_owner);
  route(get, "/admin/owners", by_admin, &Endpoints::list_all_owners);
  route(get, "/admin/owners/:ownerId", by_admin, &Endpoints::show_owner);
  route(patch, "/admin/owners/:ownerId", by_admin, &Endpoints::update_owner);
  route(del, "/admin/owners/:ownerId", by_admin, &Endpoints::delete_owner);
  route(post, "/admin/owners/:ownerId/restore", by_admin, &Endpoints::restore_owner);
  route(post, "/owner/create-staff", by_owner, &Endpoints::create_staff);
  route(get, "/owner/my-staff", by_owner, &Endpoints::list_own_staff);
  route(patch, "/owner/staff/:staffId", by_owner, &Endpoints::update_staff);
  route(del, "/owner/staff/:staffId", by_owner, &Endpoints::delete_staff);
  route(post, "/owner/staff/:staffId/restore", by_owner, &Endpoints::restore_staff);
  route(post, "/owner/staff/:staffId/permissions", by_owner, &Endpoints::grant_one);
  route(post, "/owner/staff/:staffId/permissions/bulk", by_owner, &Endpoints::grant_many);
  route(get, "/owner/staff/:staffId/permissions", http::signed_in, &Endpoints::list_of_staff);
  route(del, "/owner/staff/:staffId/permissions", by_owner, &Endpoints::revoke);
  route(get, "/permissions", http::signed_in, &Endpoints::catalogue);
}

}  // namespace pim::auth::people
