// What the routes of accounts work with.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "async/runtime.hpp"
#include "auth/attempts.hpp"
#include "auth/token.hpp"
#include "pg/database.hpp"

namespace pim::auth {

struct Services {
  pg::Databases& databases;
  WorkPool& hashing;  // password hashes take long: never on an event loop
  std::shared_ptr<const Tokens> tokens;
  std::string secret;  // codes are hashed with it
  AttemptLimits limits{};
};

// A new password's hash.
Task<Result<std::string>> hash_on_pool(const Services& services, std::string_view password);
// Does the password fit? Takes as long where there is none.
Task<Result<bool>> verify_on_pool(const Services& services, std::string_view password, const std::string& stored);

// The Problem of a write that makes or changes an account: a taken e-mail address is 409.
Problem account_problem(const pg::Error& error);

inline constexpr std::size_t password_characters_max = 200;

}  // namespace pim::auth
