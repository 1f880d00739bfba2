#include "auth/services.hpp"

#include "auth/password.hpp"

namespace pim::auth {

Task<Result<std::string>> hash_on_pool(const Services& services, std::string_view password) {
  co_return co_await services.hashing.run(services.databases.here().context(),
                                          [&]() -> Result<std::string> { return hash_password(password); });
}

Task<Result<bool>> verify_on_pool(const Services& services, std::string_view password, const std::string& stored) {
  co_return co_await services.hashing.run(services.databases.here().context(), [&]() -> Result<bool> {
    if (!stored.empty()) return verify_password(password, stored);
    verify_nothing(password);
    return false;
  });
}

Problem account_problem(const pg::Error& error) {
  if (error.is_unique_violation_of("User_email_key") || error.is_unique_violation_of("User_email_lower_key")) {
    return conflict("account.email_taken", "Email already exists").error();
  }
  return to_problem(error);
}

}  // namespace pim::auth
