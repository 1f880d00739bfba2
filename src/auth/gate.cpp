#include "auth/gate.hpp"

#include <fmt/format.h>

#include "auth/statements.hpp"

namespace pim::auth {
namespace {

using http::Access;
using http::Caller;
using http::Request;
using http::Response;
using http::Role;
using http::Route;

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

// What the database says of the caller: who it is, or why not.
Result<Caller> admit(const pg::Rows<FoundCaller>& rows, const Access& access) {
  if (rows.empty()) return unauthorized();
  const FoundCaller found = rows[0];
  const Caller caller = make_caller(found.id, found.role, found.owner_id);
  if (access.kind != Access::Kind::permission) return caller;
  if (caller.tenant == 0) {
    return forbidden("Access denied: this account has no catalogue. Log in as an owner or a member of their staff.");
  }
  if (!found.is_allowed) {
    return forbidden(fmt::format("Access denied: Missing permission '{}' on '{}'", access.action, access.resource));
  }
  return caller;
}

class DatabaseGate {
 public:
  DatabaseGate(std::shared_ptr<const Tokens> tokens, pg::Databases& databases)
      : tokens_(std::move(tokens)), databases_(databases) {}

  Task<Result<Response>> pass(Request& request, const Route& route) const {
    const Access access = route.access;
    if (access.kind == Access::Kind::anyone) co_return co_await route.handler(request, request.caller);
    const auto claims = tokens_->verify(bearer_token(request), std::chrono::system_clock::now());
    if (!claims) co_return unauthorized();
    auto lookup = databases_.here().read(find_caller, claims->user, access.resource, access.action);

    // A read goes out together with the look-up, for the tenant that the token names; its answer leaves only if
    // the database says the same. Whatever changes something waits for the look-up.
    const Caller claimed = make_caller(claims->user, claims->role, claims->owner);
    if (route.method == http::Method::get && claimed.tenant != 0) {
      request.caller = claimed;
      auto answer = co_await as_result(route.handler(request, request.caller));
      request.caller = co_await admit(co_await lookup, access);
      if (request.caller == claimed) co_return answer;
    } else {
      request.caller = co_await admit(co_await lookup, access);
    }
    co_return co_await route.handler(request, request.caller);
  }

 private:
  std::shared_ptr<const Tokens> tokens_;
  pg::Databases& databases_;
};

}  // namespace

http::Gate make_gate(std::shared_ptr<const Tokens> tokens, pg::Databases& databases) {
  return [gate = DatabaseGate(std::move(tokens), databases)](Request& request, const Route& route) {
    return gate.pass(request, route);
  };
}

}  // namespace pim::auth
