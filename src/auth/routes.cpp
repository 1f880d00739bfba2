#include "auth/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>

#include "auth/accounts.hpp"
#include "auth/password.hpp"
#include "auth/statements.hpp"
#include "http/body.hpp"
#include "json/writer.hpp"

namespace pim::auth {
namespace {

using http::Caller;
using http::Request;
using http::Response;
using Answer = Task<Result<Response>>;

struct Credentials {
  std::string email, password;
};

Result<Credentials> read_credentials(const boost::json::value& body) {
  std::vector<std::string> troubles;
  Credentials credentials;
  if (!body.is_object()) return invalid({"The body must be a JSON object"});
  for (const auto& [key, value] : body.get_object()) {
    const std::string_view name = key;
    if (name != "email" && name != "password") troubles.push_back(fmt::format("property {} should not exist", name));
  }
  const auto text = [&](std::string_view field) -> std::optional<std::string_view> {
    const boost::json::value* value = body.get_object().if_contains(field);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return std::string_view(value->get_string());
  };
  const auto email = text("email");
  if (!email || email->empty()) troubles.emplace_back("email should not be empty");
  if (!email || !is_email(*email)) troubles.emplace_back("email must be an email");
  const auto password = text("password");
  if (!password || password->empty()) troubles.emplace_back("password should not be empty");
  if (!password) troubles.emplace_back("password must be a string");
  if (!troubles.empty()) return invalid(std::move(troubles));
  return Credentials{std::string(*email), std::string(*password)};
}

// The same for an unknown account and a wrong password.
std::unexpected<Problem> refused() {
  return std::unexpected(Problem{.status = 401, .code = "auth.invalid_credentials", .message = "Invalid credentials"});
}

class Endpoints {
 public:
  explicit Endpoints(const Services& services) : services_(services) {}

  Answer log_in(Request& request, const Caller&) {
    const auto credentials = co_await read_credentials(co_await http::read_json(request));
    auto& database = services_.databases.here();
    const auto rows = co_await database.read(find_login, credentials.email);
    const bool known = !rows.empty();
    const Login login = known ? rows[0] : Login{};

    // An unknown account costs the same time, and gets the same words, as a wrong password.
    const std::string stored(login.password.value_or(""));
    const Verdict verdict = co_await services_.hashing.run(
        database.context(), [&]() -> Result<Verdict> { return verify(credentials.password, stored); });
    if (!known || !verdict.matches) co_return refused();
    if (!verdict.stronger.empty()) {
      co_await as_result(database.write(rehash_password, login.id, stored, verdict.stronger));
    }
    co_return logged_in(login);
  }

  Answer profile(Request&, const Caller& caller) {
    const auto rows = co_await services_.databases.here().read(find_caller, caller.user, "", "");
    if (rows.empty()) co_return unauthorized();
    const FoundCaller user = rows[0];
    Response response;
    json::Object(response.body)
        .add("id", user.id)
        .add("email", user.email)
        .add("fullname", user.fullname)
        .add("role", user.role)
        .add("ownerId", user.owner_id)
        .add("createdAt", user.created_at)
        .add("effectiveUserId", caller.tenant == 0 ? std::nullopt : std::optional(caller.tenant));
    co_return response;
  }

 private:
  struct Verdict {
    bool matches;
    std::string stronger;  // a new hash to keep, where the stored one is of the old kind
  };

  static Verdict verify(std::string_view password, const std::string& stored) {
    if (stored.empty()) {
      verify_nothing(password);
      return {false, {}};
    }
    const bool matches = verify_password(password, stored);
    return {matches, matches && needs_rehash(stored) ? hash_password(password) : std::string{}};
  }

  Response logged_in(const Login& login) const {
    Response response{.status = 201};
    json::Object body{response.body};
    body.add("message", "Login successful");
    body.object("user")
        .add("id", login.id)
        .add("email", login.email)
        .add("fullname", login.fullname)
        .add("createdAt", login.created_at);
    body.add("token", token_for(login));
    body.close();
    return response;
  }

  std::string token_for(const Login& login) const {
    const Claims claims{
        .user = login.id, .email = std::string(login.email), .role = std::string(login.role), .owner = login.owner_id};
    return services_.tokens->issue(claims, std::chrono::system_clock::now());
  }

  Services services_;
};

}  // namespace

void add_routes(http::Router& router, const Services& services) {
  const auto endpoints = std::make_shared<Endpoints>(services);
  router.add(http::Method::post, "/auth/login", http::anyone,
             [endpoints](Request& request, const Caller& caller) { return endpoints->log_in(request, caller); });
  router.add(http::Method::get, "/auth/profile", http::signed_in,
             [endpoints](Request& request, const Caller& caller) { return endpoints->profile(request, caller); });
}

}  // namespace pim::auth
