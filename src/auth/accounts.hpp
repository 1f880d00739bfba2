// Accounts, as the command line keeps them.
#pragma once

#include <cstdint>
#include <string>

#include "auth/token.hpp"
#include "base/problem.hpp"
#include "pg/blocking.hpp"

namespace pim::auth {

struct NewAccount {
  std::string email, password;
  std::string role;      // OWNER, STAFF or ADMIN
  std::string owner;     // of staff: the owner's e-mail
  std::string fullname;  // may be empty
};

// Gives the id. A Problem: the e-mail is taken (without regard to case) or none, the password is too short, the
// owner is not there.
Result<std::int32_t> add_account(pg::Blocking& connection, const NewAccount& account);

// What a token for the account says.
Result<Claims> find_claims(pg::Blocking& connection, const std::string& email);

}  // namespace pim::auth
