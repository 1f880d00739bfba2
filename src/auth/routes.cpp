#include "auth/routes.hpp"

#include "auth/log_in.hpp"
#include "auth/password.hpp"
#include "auth/statements.hpp"
#include "http/body.hpp"
#include "http/fields.hpp"
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
  http::Fields fields(body, {"email", "password"});
  Credentials credentials{.email = fields.email("email"),
                          .password = fields.text("password", 1, password_characters_max)};
  if (auto checked = fields.check(); !checked) return std::unexpected(checked.error());
  return credentials;
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
    const auto attempt = co_await Attempt::begin(database, services_.limits, "login", credentials.email, request);
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
    co_await attempt.forgive(database);
    co_return logged_in(*services_.tokens, login, "Login successful");
  }

  Answer profile(Request&, const Caller& caller) {
    const auto rows = co_await services_.databases.here().read(find_person, caller.user);
    if (rows.empty()) co_return unauthorized();
    const Person user = rows[0];
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

  Services services_;
};

}  // namespace

void add_routes(http::Router& router, const Services& services) {
  const auto endpoints = std::make_shared<Endpoints>(services);
  router.add(http::Method::post, "/auth/login", http::anyone, http::handler_of(endpoints, &Endpoints::log_in));
  router.add(http::Method::get, "/auth/profile", http::signed_in, http::handler_of(endpoints, &Endpoints::profile));
}

}  // namespace pim::auth
