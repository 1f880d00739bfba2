#include "auth/accounts.hpp"

#include <fmt/format.h>

#include "auth/password.hpp"
#include "http/fields.hpp"
#include "sql/auth.hpp"

namespace pim::auth {
namespace {

constexpr std::size_t password_characters_min = 8;

std::unexpected<Problem> database_failure(const pg::Error& error) {
  return failure("The database says: " + error.message, "Is it migrated? `pixelpim migrate status` says so.");
}

Result<pg::TextRows> find(pg::Blocking& connection, const std::string& email) {
  auto rows = connection.query(std::string(sql::auth::find_login), {email});
  if (!rows) return database_failure(rows.error());
  return *std::move(rows);
}

}  // namespace

Result<std::int32_t> add_account(pg::Blocking& connection, const NewAccount& account) {
  if (!http::is_email(account.email)) {
    return failure(fmt::format("\"{}\" is no e-mail address.", account.email), "Write it as name@example.com.");
  }
  if (account.password.size() < password_characters_min) {
    return failure(fmt::format("The password is shorter than {} characters.", password_characters_min),
                   "Choose a longer one.");
  }
  auto taken = find(connection, account.email);
  if (!taken) return std::unexpected(std::move(taken).error());
  if (!taken->empty()) {
    return failure(fmt::format("There is an account with the e-mail address {} already.", taken->text(0, 1)),
                   "Log in with it, or choose another address.");
  }
  std::optional<std::string> owner;
  if (account.role == "STAFF") {
    auto rows = find(connection, account.owner);
    if (!rows) return std::unexpected(std::move(rows).error());
    if (rows->empty() || rows->text(0, 4) != "OWNER") {
      return failure(fmt::format("There is no owner with the e-mail address \"{}\".", account.owner),
                     "Name the owner that the staff belong to: --owner EMAIL.");
    }
    owner = rows->text(0, 0);
  }
  const std::string hash = hash_password(account.password);
  const auto name = account.fullname.empty() ? pg::Blocking::Value{} : pg::Blocking::Value{account.fullname};
  auto added = connection.query(std::string(sql::auth::add_account), {account.email, name, hash, account.role, owner});
  if (!added) return database_failure(added.error());
  return static_cast<std::int32_t>(added->number(0, 0));
}

Result<Claims> find_claims(pg::Blocking& connection, const std::string& email) {
  auto rows = find(connection, email);
  if (!rows) return std::unexpected(std::move(rows).error());
  if (rows->empty()) {
    return failure(fmt::format("There is no account with the e-mail address {}.", email), "Add it: pixelpim user add.");
  }
  Claims claims{.user = static_cast<std::int32_t>(rows->number(0, 0)),
                .email = std::string(rows->text(0, 1)),
                .role = std::string(rows->text(0, 4))};
  claims.version = static_cast<std::int32_t>(rows->number(0, 7));
  if (!rows->is_null(0, 5)) claims.owner = static_cast<std::int32_t>(rows->number(0, 5));
  return claims;
}

}  // namespace pim::auth
