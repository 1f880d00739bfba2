#include "auth/gate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "auth/idempotency.hpp"
#include "auth/keys/key.hpp"
#include "auth/statements.hpp"
#include "base/id.hpp"
#include "trash/switch.hpp"

namespace pim::auth {
namespace {

using http::Access;
using http::Caller;
using http::Request;
using http::Response;
using http::Role;
using http::Route;
using keys::hash_of_key;
using keys::is_key;

Role role_of(std::string_view name) {
  if (name == "OWNER") return Role::owner;
  if (name == "STAFF") return Role::staff;
  if (name == "ADMIN") return Role::admin;
  return Role::nobody;
}

// An owner is their own tenant, staff belong to their owner's, an administrator has none.
Caller make_caller(std::int32_t user, std::string_view role_name, std::optional<std::int32_t> owner) {
  const Role role = role_of(role_name);
  const std::int32_t tenant = role == Role::owner ? user : role == Role::staff ? owner.value_or(0) : 0;
  return {.user = user, .tenant = tenant, .role = role};
}

std::string_view bearer_token(const Request& request) {
  constexpr std::string_view scheme = "bearer ";
  const std::string_view header = request.header("authorization");
  if (header.size() <= scheme.size()) return {};
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const char c = header[i] >= 'A' && header[i] <= 'Z' ? static_cast<char>(header[i] - 'A' + 'a') : header[i];
    if (c != scheme[i]) return {};
  }
  return header.substr(scheme.size());
}

std::string_view name_of(Role role) {
  switch (role) {
    case Role::admin:
      return "ADMIN";
    case Role::owner:
      return "OWNER";
    case Role::staff:
      return "STAFF";
    case Role::key:
    case Role::nobody:
      break;
  }
  return "";
}

std::unexpected<Problem> missing_permission(const Access& access) {
  return forbidden(fmt::format("Access denied: Missing permission '{}' on '{}'", access.action, access.resource));
}

std::unexpected<Problem> wrong_role(Role needed) {
  return forbidden(fmt::format("Access denied: Required roles: {}", name_of(needed)));
}

bool has_tenant(const Access& access) {
  return access.kind == Access::Kind::permission || access.kind == Access::Kind::any_of;
}

std::unexpected<Problem> no_catalogue() {
  return forbidden("Access denied: this account has no catalogue. Log in as an owner or a member of their staff.");
}

std::unexpected<Problem> missing_any(const Access& access) {
  return forbidden(fmt::format("Access denied: Missing permission '{}' on any of: {}", access.action,
                               fmt::join(access.resources, ", ")));
}

std::vector<std::string_view> resources_of(const Access& access) {
  return {access.resources.begin(), access.resources.end()};
}

constexpr std::uint32_t all_granted = ~std::uint32_t{0};

// A key comes in a header of its own, or where a token would.
std::string_view key_of(const Request& request) {
  if (const std::string_view key = request.header("x-api-key"); !key.empty()) return key;
  const std::string_view bearer = bearer_token(request);
  return is_key(bearer) ? bearer : std::string_view{};
}

// What the database says of somebody who logged in: who it is, or why not.
Result<Caller> admit(const pg::Rows<FoundCaller>& rows, const Access& access) {
  if (rows.empty()) return unauthorized();
  const FoundCaller found = rows[0];
  Caller caller = make_caller(found.id, found.role, found.owner_id);
  caller.trash_is_off = found.trash_is_off;
  if (access.kind == Access::Kind::role && caller.role != access.role) return wrong_role(access.role);
  if (access.kind != Access::Kind::permission) return caller;
  if (caller.tenant == 0) return no_catalogue();
  if (!found.is_allowed) return missing_permission(access);
  return caller;
}

class DatabaseGate {
 public:
  DatabaseGate(std::shared_ptr<const Tokens> tokens, std::shared_ptr<const http::UrlSigner> signer,
               pg::Databases& databases)
      : tokens_(std::move(tokens)), signer_(std::move(signer)), databases_(databases) {}

  // Whom it refuses, a route that is switched off answers as one that is not there too.
  Task<Result<Response>> pass(Request& request, const Route& route) const {
    auto answered = co_await as_result(admit_and_answer(request, route));
    const bool is_refused = !answered && (answered.error().status == 401 || answered.error().status == 403);
    if (is_refused && trash::is_of_trash(route) && co_await trash::is_switched_off(databases_.here())) {
      co_return trash::no_such_route(request);
    }
    co_return answered;
  }

 private:
  Task<Result<Response>> admit_and_answer(Request& request, const Route& route) const {
    if (route.access.kind == Access::Kind::anyone) co_return co_await route.handler(request, request.caller);
    if (const auto tenant = route.access.or_signed ? signer_->tenant_of(request) : std::nullopt) {
      request.caller = {.user = 0, .tenant = *tenant, .role = Role::nobody};
      co_return co_await route.handler(request, request.caller);
    }
    if (const std::string_view key = key_of(request); !key.empty()) {
      request.caller = co_await admit_key(key, route.access);
      co_return co_await answer(request, route);
    }
    const auto claims = tokens_->verify(bearer_token(request), std::chrono::system_clock::now());
    if (!claims) co_return unauthorized();
    if (const std::string_view owner = request.header("x-act-as"); !owner.empty()) {
      request.caller = co_await admit_as_owner(request, route, *claims, owner);
      co_return co_await answer(request, route);
    }
    co_return co_await pass_with_token(request, route, *claims);
  }

  Task<Result<Response>> answer(Request& request, const Route& route) const {
    const bool trash_is_off = request.caller.trash_is_off;
    if (trash_is_off && trash::is_of_trash(route)) co_return trash::no_such_route(request);
    auto response = co_await as_result(answer_once(databases_.here(), request, route));
    if (response && trash_is_off) co_return trash::as_before(*std::move(response), route);
    co_return response;
  }

  Task<Result<Response>> pass_with_token(Request& request, const Route& route, const Claims& claims) const {
    const Access& access = route.access;
    if (access.kind == Access::Kind::any_of) {
      request.caller = co_await admit_any_of(claims, access);
      co_return co_await answer(request, route);
    }
    auto lookup = databases_.here().read(find_caller, claims.user, access.resource, access.action, claims.version);

    // A read goes out together with the look-up, for the tenant that the token names; its answer leaves only if
    // the database says the same. Whatever changes something waits for the look-up.
    Caller claimed = make_caller(claims.user, claims.role, claims.owner);
    const bool is_read = route.method == http::Method::get && access.kind == Access::Kind::permission;
    const bool is_refused = lookup.done();  // already: there is no room in line
    if (is_read && claimed.tenant != 0 && !is_refused) {
      request.caller = claimed;
      auto answered = co_await as_result(route.handler(request, request.caller));
      if (!answered && answered.error().status == 503) co_return answered;  // at once; it tells nobody anything
      request.caller = co_await admit(co_await lookup, access);
      const bool trash_is_off = claimed.trash_is_off = request.caller.trash_is_off;
      if (request.caller == claimed && !(trash_is_off && trash::is_of_trash(route))) co_return answered;
    } else {
      request.caller = co_await admit(co_await lookup, access);
    }
    co_return co_await answer(request, route);
  }

  // Somebody who may do it on one of the resources at least.
  Task<Result<Caller>> admit_any_of(const Claims& claims, const Access& access) const {
    const auto rows = co_await databases_.here().read(find_caller_of_any, claims.user, resources_of(access),
                                                      access.action, claims.version);
    if (rows.empty()) co_return unauthorized();
    const FoundCallerOfAny found = rows[0];
    Caller caller = make_caller(found.id, found.role, found.owner_id);
    caller.granted = static_cast<std::uint32_t>(found.granted);
    caller.trash_is_off = found.trash_is_off;
    if (caller.tenant == 0) co_return no_catalogue();
    if (caller.granted == 0) co_return missing_any(access);
    co_return caller;
  }

  // A key stands for its tenant, on data routes only.
  Task<Result<Caller>> admit_key(std::string_view key, const Access& access) const {
    const std::string hash = hash_of_key(key);
    if (access.kind == Access::Kind::any_of) co_return co_await admit_key_of_any(hash, access);
    const auto rows = co_await databases_.here().read(find_key, hash, access.resource, access.action);
    if (rows.empty()) co_return unauthorized();
    const FoundKey found = rows[0];
    if (access.kind != Access::Kind::permission) {
      co_return forbidden("Access denied: a key opens data routes only. Log in for this one.");
    }
    if (!found.is_allowed) co_return missing_permission(access);
    if (found.is_unnoted) co_await as_result(databases_.here().write(note_key_use, hash));
    co_return Caller{.user = found.actor_id, .tenant = found.id, .role = Role::key, .trash_is_off = found.trash_is_off};
  }

  Task<Result<Caller>> admit_key_of_any(const std::string& hash, const Access& access) const {
    const auto rows = co_await databases_.here().read(find_key_of_any, hash, resources_of(access), access.action);
    if (rows.empty()) co_return unauthorized();
    const FoundKeyOfAny found = rows[0];
    if (found.granted == 0) co_return missing_any(access);
    if (found.is_unnoted) co_await as_result(databases_.here().write(note_key_use, hash));
    co_return Caller{.user = found.actor_id,
                     .tenant = found.id,
                     .role = Role::key,
                     .granted = static_cast<std::uint32_t>(found.granted),
                     .trash_is_off = found.trash_is_off};
  }

  // An administrator reaches a tenant's data by naming the owner, and each such request is in the tenant's audit.
  Task<Result<Caller>> admit_as_owner(const Request& request, const Route& route, const Claims& claims,
                                      std::string_view owner) const {
    const auto rows = co_await databases_.here().read(find_caller, claims.user, "", "", claims.version);
    if (rows.empty()) co_return unauthorized();
    if (role_of(rows[0].role) != Role::admin) co_return wrong_role(Role::admin);
    const auto tenant = parse_id(owner);
    if (!tenant) co_return bad_request("X-Act-As must be the id of an owner", "act_as");
    if (!has_tenant(route.access)) {
      co_return forbidden("Access denied: this route has no tenant. Leave out X-Act-As.");
    }
    const auto found = co_await databases_.here().write(
        act_as, *tenant, claims.user, request.id, fmt::format("{} {}", http::name_of(route.method), route.pattern));
    if (found.empty()) co_return not_found("Owner not found");
    co_return Caller{.user = claims.user,
                     .tenant = *tenant,
                     .role = Role::admin,
                     .granted = all_granted,
                     .trash_is_off = rows[0].trash_is_off};
  }

  std::shared_ptr<const Tokens> tokens_;
  std::shared_ptr<const http::UrlSigner> signer_;
  pg::Databases& databases_;
};

}  // namespace

http::Gate make_gate(std::shared_ptr<const Tokens> tokens, std::shared_ptr<const http::UrlSigner> signer,
                     pg::Databases& databases) {
  return [gate = DatabaseGate(std::move(tokens), std::move(signer), databases)](Request& request, const Route& route) {
    return gate.pass(request, route);
  };
}

}  // namespace pim::auth
