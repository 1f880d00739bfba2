#include "auth/sign_up/routes.hpp"

#include <fmt/format.h>

#include "auth/log_in.hpp"
#include "auth/sign_up/code.hpp"
#include "auth/statements.hpp"
#include "http/body.hpp"
#include "http/fields.hpp"
#include "json/writer.hpp"
#include "sql/auth/sign_up.hpp"

namespace pim::auth::sign_up {
namespace {

using http::Caller;
using http::Request;
using http::Response;
using Answer = Task<Result<Response>>;
using Id = std::int32_t;
using Text = std::string_view;

constexpr Id code_seconds = 10 * 60;
constexpr std::size_t code_digits = 6;
constexpr std::size_t password_characters_min = 6;  // as old clients check it
constexpr Text registration = "registration", password_reset = "password-reset";

struct Sent {
  Id count;
};
BOOST_DESCRIBE_STRUCT(Sent, (), (count))

struct Tried {
  bool matches, is_expired;
};
BOOST_DESCRIBE_STRUCT(Tried, (), (matches, is_expired))

const pg::Statement<Sent(Text, Text, Text, Text, Text, Id, Text)> send_code{"send_code", sql::auth::sign_up::send_code};
const pg::Statement<Tried(Text, Text, Text, bool)> try_code{"try_code", sql::auth::sign_up::try_code};
const pg::Statement<Login(Text, Text, Text, Text, Text)> sign_up_statement{"sign_up", sql::auth::sign_up::sign_up};
const pg::Statement<Touched(Text, Text, Text, Text)> reset_password{"reset_password",
                                                                    sql::auth::sign_up::reset_password};
const pg::Statement<Login(Id, Text, Text, Text)> change_password{"change_password",
                                                                 sql::auth::sign_up::change_password};
const pg::Statement<Touched(Id, Text)> sign_out{"sign_out", sql::auth::sign_up::sign_out};

// Mails ---------------------------------------------------------------------------------------------------------

std::string code_mail(Text code, Text use) {
  return fmt::format(
      "Your code is {}\n\nIt is good for ten minutes, {}. If you did not ask for it, somebody else typed your address: "
      "you need not do anything.\n",
      code, use);
}

constexpr Text known_account_mail =
    "Somebody, perhaps you, asked to sign up with this address, which has an account already.\n\n"
    "Log in with it, or set a new password if you have forgotten yours. If it was not you, you need not do anything.\n";

Response said(Text message, const std::string& email) {
  Response response{.status = 201};
  json::Object(response.body).add("message", message).add("email", email);
  return response;
}

std::unexpected<Problem> wrong_code() { return bad_request("Invalid OTP", "auth.code"); }
std::unexpected<Problem> expired_code() { return bad_request("OTP has expired", "auth.code_expired"); }

std::string read_code(http::Fields& fields) {
  std::string code = fields.text("otp");
  if (code.size() != code_digits) fields.complain("otp must be 6 characters long");
  return code;
}

class Endpoints {
 public:
  explicit Endpoints(const Services& services) : services_(services) {}

  Answer send_registration_code(Request& request, const Caller&) {
    const std::string email = co_await begin_with_email(request, "send-code");
    const std::string code = make_code();
    co_await database().write(send_code, email, registration, hash(registration, email, code), "Your code to sign up",
                              code_mail(code, "to sign up"), code_seconds, known_account_mail);
    co_return said("OTP sent successfully to your email", email);
  }

  Answer verify_registration_code(Request& request, const Caller&) {
    const auto body = co_await http::read_json(request);
    http::Fields fields(body, {"email", "otp"});
    const std::string email = fields.email("email");
    const std::string code = read_code(fields);
    co_await fields.check();
    co_await try_once(request, registration, email, code, true);
    co_return said("OTP verified successfully", email);
  }

  Answer sign_up(Request& request, const Caller&) {
    const auto body = co_await http::read_json(request);
    http::Fields fields(body, {"email", "fullname", "password", "otp"});
    const std::string email = fields.email("email"), fullname = fields.text("fullname");
    const std::string password = fields.text("password", password_characters_min, password_characters_max);
    const std::string code = read_code(fields);
    co_await fields.check();

    auto tried = co_await as_result(try_once(request, registration, email, code, false));
    if (!tried && tried.error().code == "auth.code") co_return not_verified();
    if (!tried) co_return std::unexpected(std::move(tried).error());
    const std::string password_hash = co_await hash_on_pool(services_, password);
    const auto rows = co_await as_result(database().write(sign_up_statement, email, fullname, password_hash,
                                                          hash(registration, email, code), request.id));
    if (!rows) co_return std::unexpected(account_problem(rows.error()));
    if (rows->empty()) co_return not_verified();
    co_return logged_in(*services_.tokens, (*rows)[0], "User created successfully");
  }

  Answer send_reset_code(Request& request, const Caller&) {
    const std::string email = co_await begin_with_email(request, "send-code");
    const std::string code = make_code();
    co_await database().write(send_code, email, password_reset, hash(password_reset, email, code),
                              "Your code for a new password", code_mail(code, "to set a new password"), code_seconds,
                              "");
    co_return said("If there is an account with this address, a code is on its way to it", email);
  }

  Answer reset(Request& request, const Caller&) {
    const auto body = co_await http::read_json(request);
    http::Fields fields(body, {"email", "otp", "password"});
    const std::string email = fields.email("email");
    const std::string password = fields.text("password", password_characters_min, password_characters_max);
    const std::string code = read_code(fields);
    co_await fields.check();
    co_await try_once(request, password_reset, email, code, false);
    const std::string password_hash = co_await hash_on_pool(services_, password);
    const auto rows =
        co_await database().write(reset_password, email, hash(password_reset, email, code), password_hash, request.id);
    if (rows.empty()) co_return wrong_code();
    co_return Response::message("Password reset successfully", 201);
  }

  Answer change(Request& request, const Caller& caller) {
    const auto body = co_await http::read_json(request);
    http::Fields fields(body, {"currentPassword", "newPassword"});
    const std::string current = fields.text("currentPassword", 1, password_characters_max);
    const std::string wanted = fields.text("newPassword", password_characters_min, password_characters_max);
    co_await fields.check();
    const auto attempt =
        co_await Attempt::begin(database(), services_.limits, "password", std::to_string(caller.user), request);
    const auto people = co_await database().read(find_person, caller.user);
    const std::string stored(people.empty() ? Text{} : people[0].password.value_or(""));
    if (!co_await verify_on_pool(services_, current, stored)) {
      co_return bad_request("The current password is wrong", "auth.current_password");
    }
    co_await attempt.forgive(database());
    const std::string password_hash = co_await hash_on_pool(services_, wanted);
    const auto rows = co_await database().write(change_password, caller.user, stored, password_hash, request.id);
    if (rows.empty()) co_return conflict("auth.password_changed", "The password was changed meanwhile");
    co_return logged_in(*services_.tokens, rows[0], "Password changed successfully", 200);
  }

  Answer sign_out_everywhere(Request& request, const Caller& caller) {
    co_await database().write(sign_out, caller.user, request.id);
    co_return Response::message("Signed out everywhere", 201);
  }

 private:
  pg::Database& database() { return services_.databases.here(); }

  std::string hash(Text purpose, Text email, Text code) const {
    return hash_of_code(services_.secret, purpose, email, code);
  }

  static std::unexpected<Problem> not_verified() {
    return bad_request("Invalid or unverified OTP. Please verify your OTP first.", "auth.code");
  }

  // The address in the body, once it was not asked for too often: nobody's mailbox is to be filled.
  Task<Result<std::string>> begin_with_email(Request& request, Text act) {
    const auto body = co_await http::read_json(request);
    http::Fields fields(body, {"email"});
    std::string email = fields.email("email");
    co_await fields.check();
    co_await Attempt::begin(database(), services_.limits, act, email, request);
    co_return email;
  }

  Task<Result<void>> try_once(Request& request, Text purpose, const std::string& email, const std::string& code,
                              bool verify) {
    const auto attempt = co_await Attempt::begin(database(), services_.limits, "code", email, request);
    const auto rows = co_await database().write(try_code, email, purpose, hash(purpose, email, code), verify);
    if (rows.empty() || !rows[0].matches) co_return wrong_code();
    if (rows[0].is_expired) co_return expired_code();
    co_await attempt.forgive(database());
    co_return Result<void>{};
  }

  Services services_;
};

}  // namespace

void add_routes(http::Router& router, const Services& services) {
  using enum http::Method;
  const auto endpoints = std::make_shared<Endpoints>(services);
  const auto route = [&](http::Method method, Text pattern, http::Access access,
                         Answer (Endpoints::*handler)(Request&, const Caller&)) {
    router.add(method, pattern, access, http::handler_of(endpoints, handler));
  };
  route(post, "/auth/send-otp", http::anyone, &Endpoints::send_registration_code);
  route(post, "/auth/verify-otp", http::anyone, &Endpoints::verify_registration_code);
  route(post, "/auth/signup", http::anyone, &Endpoints::sign_up);
  route(post, "/auth/forgot-password", http::anyone, &Endpoints::send_reset_code);
  route(post, "/auth/reset-password", http::anyone, &Endpoints::reset);
  route(patch, "/auth/password", http::signed_in, &Endpoints::change);
  route(post, "/auth/logout-all", http::signed_in, &Endpoints::sign_out_everywhere);
}

}  // namespace pim::auth::sign_up
