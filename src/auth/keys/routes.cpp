#include "auth/keys/routes.hpp"

#include <fmt/format.h>

#include "auth/keys/key.hpp"
#include "auth/permissions.hpp"
#include "auth/statements.hpp"
#include "http/body.hpp"
#include "http/fields.hpp"
#include "http/page.hpp"
#include "json/writer.hpp"
#include "sql/auth/keys.hpp"

namespace pim::auth::keys {
namespace {

using http::Caller;
using http::Request;
using http::Response;
using Answer = Task<Result<Response>>;
using Id = std::int32_t;
using Text = std::string_view;

constexpr Id overlap_minutes_default = 24 * 60, overlap_minutes_max = 30 * 24 * 60;
constexpr std::size_t name_characters_max = 100;

struct Key {
  Id id;
  Text name, prefix;
  std::vector<Text> scopes;
  pg::Timestamp created_at;
  std::optional<pg::Timestamp> last_used_at, expires_at, revoked_at;
};
BOOST_DESCRIBE_STRUCT(Key, (), (id, name, prefix, scopes, created_at, last_used_at, expires_at, revoked_at))

struct Scopes {
  std::vector<Text> scopes;
};
BOOST_DESCRIBE_STRUCT(Scopes, (), (scopes))

struct Missing {
  Text scope;
};
BOOST_DESCRIBE_STRUCT(Missing, (), (scope))

const pg::Statement<Key(Id, Id, Text, Text, Text, std::vector<Text>, std::optional<Id>, Text)> make_key_statement{
    "make_key", sql::auth::keys::make_key};
const pg::Statement<Missing(Id, std::vector<Text>)> missing_scopes{"missing_scopes", sql::auth::keys::missing_scopes};
const pg::Statement<Scopes(Id, Id)> find_scopes{"find_scopes", sql::auth::keys::find_scopes};
const pg::Statement<Key(Id)> list_keys{"list_keys", sql::auth::keys::list_keys};
const pg::Statement<Key(Id, Id, Id, Text, Text, Id, Text)> rotate_key{"rotate_key", sql::auth::keys::rotate_key};
const pg::Statement<Touched(Id, Id, Id, Text)> revoke_key{"revoke_key", sql::auth::keys::revoke_key};

void write(json::Object& out, const Key& key) {
  out.add("id", key.id)
      .add("name", key.name)
      .add("prefix", key.prefix)
      .add("scopes", key.scopes)
      .add("createdAt", key.created_at)
      .add("lastUsedAt", key.last_used_at)
      .add("expiresAt", key.expires_at)
      .add("revokedAt", key.revoked_at);
}

// The only answer that ever has the key itself.
Response shown_once(const Key& key, Text secret) {
  Response response{.status = 201};
  json::Object body{response.body};
  write(body, key);
  body.add("apiKey", secret).add("message", "Keep the key now: it is not shown again.");
  body.close();
  return response;
}

bool is_scope(Text scope) {
  const std::size_t colon = scope.find(':');
  return scope == "*" || (colon != Text::npos && is_permission(scope.substr(0, colon), scope.substr(colon + 1)));
}

struct NewKey {
  std::string name = "API key";
  std::vector<std::string> scopes{"*"};
  std::optional<Id> days;
};

// Without a body, as old clients send it: a key for everything that does not run out.
Result<NewKey> read_new_key(const boost::json::value& body) {
  http::Fields fields(body, {"name", "scopes", "expiresInDays"});
  NewKey key;
  if (auto name = fields.optional_text("name", 1, name_characters_max)) key.name = *std::move(name);
  if (fields.has("scopes")) key.scopes = fields.texts("scopes");
  if (key.scopes.empty()) fields.complain("scopes should not be empty");
  for (const std::string& scope : key.scopes) {
    if (!is_scope(scope)) {
      fields.complain(fmt::format("scopes: \"{}\" is no permission; GET /permissions lists them", scope));
    }
  }
  key.days = fields.optional_number("expiresInDays", 1, 3650);
  if (auto checked = fields.check(); !checked) return std::unexpected(checked.error());
  return key;
}

std::unexpected<Problem> unknown_key(Text id) { return not_found(fmt::format("API key with ID {} not found", id)); }

class Endpoints {
 public:
  explicit Endpoints(pg::Databases& databases) : databases_(databases) {}

  Answer make(Request& request, const Caller& caller) {
    const NewKey key = co_await read_new_key(co_await http::read_json(request));
    const std::vector<Text> scopes(key.scopes.begin(), key.scopes.end());
    co_await must_have(caller, scopes);
    const std::string secret = make_key();
    const auto rows =
        co_await databases_.here().write(make_key_statement, caller.tenant, caller.user, key.name, prefix_of(secret),
                                         hash_of_key(secret), scopes, key.days, request.id);
    co_return shown_once(rows[0], secret);
  }

  Answer list(Request&, const Caller& caller) {
    const auto rows = co_await databases_.here().read(list_keys, caller.tenant);
    Response response;
    {
      json::Object body{response.body};
      json::Array data = body.array("data");
      for (int i = 0; i < rows.size(); ++i) {
        json::Object item = data.object();
        write(item, rows[i]);
      }
    }
    co_return response;
  }

  Answer rotate(Request& request, const Caller& caller) {
    const auto id = co_await http::id_parameter(request, "id");
    const auto body = co_await http::read_json(request);
    http::Fields fields(body, {"overlapMinutes"});
    const Id overlap =
        fields.optional_number("overlapMinutes", 0, overlap_minutes_max).value_or(overlap_minutes_default);
    co_await fields.check();
    const auto present = co_await databases_.here().read(find_scopes, caller.tenant, id.value_or(0));
    if (present.empty()) co_return unknown_key(request.param("id"));
    co_await must_have(caller, Scopes(present[0]).scopes);
    const std::string secret = make_key();
    const auto rows = co_await databases_.here().write(rotate_key, caller.tenant, caller.user, id.value_or(0),
                                                       prefix_of(secret), hash_of_key(secret), overlap, request.id);
    if (rows.empty()) co_return unknown_key(request.param("id"));
    co_return shown_once(rows[0], secret);
  }

  Answer revoke(Request& request, const Caller& caller) {
    const auto id = co_await http::id_parameter(request, "id");
    const auto rows =
        co_await databases_.here().write(revoke_key, caller.tenant, caller.user, id.value_or(0), request.id);
    if (rows.empty()) co_return unknown_key(request.param("id"));
    Response response;
    json::Object(response.body).add("message", "API key revoked");
    co_return response;
  }

 private:
  static Result<void> must_be_person(const Caller& caller) {
    if (caller.role != http::Role::key) return {};
    return forbidden("Access denied: a key can't make keys. Log in to do so.");
  }

  // A key can do no more than who makes it.
  Task<Result<void>> must_have(const Caller& caller, std::vector<Text> scopes) {
    co_await must_be_person(caller);
    if (caller.role != http::Role::staff) co_return Result<void>{};
    const auto missing = co_await databases_.here().read(missing_scopes, caller.user, scopes);
    if (missing.empty()) co_return Result<void>{};
    co_return forbidden(
        fmt::format("Access denied: you can't give a key the scope \"{}\", which you don't have", missing[0].scope));
  }

  pg::Databases& databases_;
};

}  // namespace

void add_routes(http::Router& router, pg::Databases& databases) {
  using enum http::Method;
  const auto endpoints = std::make_shared<Endpoints>(databases);
  const auto route = [&](http::Method method, Text pattern, Answer (Endpoints::*handler)(Request&, const Caller&)) {
    router.add(method, pattern, http::needs("api-keys", "manage"), http::handler_of(endpoints, handler));
  };
  route(get, "/api-keys", &Endpoints::list);
  route(post, "/api-keys", &Endpoints::make);
  route(post, "/api-keys/generate", &Endpoints::make);
  route(post, "/api-keys/regenerate", &Endpoints::make);
  route(post, "/api-keys/:id/rotate", &Endpoints::rotate);
  route(del, "/api-keys/:id", &Endpoints::revoke);
}

}  // namespace pim::auth::keys
