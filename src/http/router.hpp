// Which handler answers a request, and who may call it. Built once at start-up, then only read.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "async/task.hpp"
#include "base/problem.hpp"
#include "http/caller.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace pim::http {

// Who may call a route. There is no default: a route that does not say is not compiled.
struct Access {
  enum class Kind : std::uint8_t { anyone, signed_in, role, permission, any_of };
  Kind kind;
  std::string_view resource{};  // of a permission: "products"
  std::string_view action{};    // "read"
  Role role = Role::nobody;
  std::span<const std::string_view> resources{};  // any_of: at least one of them; the caller's `granted` says which
  bool or_signed = false;                         // or an address that is signed for its tenant (http/signed_url.hpp)
};
inline constexpr Access anyone{Access::Kind::anyone};
// Somebody who logged in, whoever they are.
inline constexpr Access signed_in{Access::Kind::signed_in};
constexpr Access only(Role role) { return {.kind = Access::Kind::role, .role = role}; }
// Data of a tenant: owners, staff with the permission, keys with the scope, administrators who act as the owner.
constexpr Access needs(std::string_view resource, std::string_view action) {
  return {Access::Kind::permission, resource, action};
}
// The same of several resources, for whoever has the permission on one or more of them.
constexpr Access needs_any_of(std::span<const std::string_view> resources, std::string_view action) {
  return {.kind = Access::Kind::any_of, .action = action, .resources = resources};
}
// The same, or whoever has a signed address: the caller is nobody then, of the tenant that it is signed for.
constexpr Access needs_or_signed(std::string_view resource, std::string_view action) {
  return {.kind = Access::Kind::permission, .resource = resource, .action = action, .or_signed = true};
}

// The handler's frame holds the request and the caller by reference; both outlive it.
using Handler = std::function<Task<Result<Response>>(Request&, const Caller&)>;

// A member function of `endpoints`, which lives as long as the handler.
template <class Endpoints>
Handler handler_of(const std::shared_ptr<Endpoints>& endpoints,
                   Task<Result<Response>> (Endpoints::*member)(Request&, const Caller&)) {
  return [endpoints, member](Request& request, const Caller& caller) {
    return (endpoints.get()->*member)(request, caller);
  };
}

struct Route {
  Method method;
  std::string pattern;  // "/products/:id/restore"
  Access access;
  Handler handler;
  std::size_t number = 0;  // from 1 on
};

// Finds out who asks, refuses, or calls the route's handler. Composed at start-up (auth's gate).
using Gate = std::function<Task<Result<Response>>(Request&, const Route&)>;

class Router {
 public:
  // Patterns are literal segments, `:name` parameters, and at their end `*name` for one segment or more. Throws
  // std::logic_error for a pattern that is there already: a mistake of ours, found at start-up.
  void add(Method method, std::string_view pattern, Access access, Handler handler);

  struct Found {
    const Route* route = nullptr;
    std::vector<std::pair<std::string_view, std::string>> params;  // decoded
  };
  // A literal segment wins over a parameter. GET routes answer HEAD too. 404 for a path that is not there, 405
  // for another method of one that is.
  Result<Found> find(Method method, std::string_view path) const;

  const std::vector<Route>& routes() const noexcept { return routes_; }

 private:
  struct Node {
    std::vector<std::pair<std::string, std::size_t>> literals;  // segment → node
    std::size_t parameter_node = 0;                             // the `:name` child; 0: none
    std::size_t rest_node = 0;                                  // the `*name` child; 0: none
    std::vector<std::pair<Method, std::size_t>> routes;         // → routes_
  };
  std::size_t child(std::size_t node, std::string_view segment);
  const Route* walk(std::size_t number, std::span<const std::string_view> segments, Method method,
                    std::vector<Method>& allowed) const;
  static std::unexpected<Problem> method_not_allowed(Method method, std::string_view path, std::vector<Method> allowed);

  std::vector<Route> routes_;
  std::vector<Node> nodes_ = std::vector<Node>(1);
};

}  // namespace pim::http
