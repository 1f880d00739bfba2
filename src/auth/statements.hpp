// The statements that say who somebody is.
#pragma once

#include "pg/statement.hpp"
#include "sql/auth.hpp"

namespace pim::auth {

struct FoundCaller {
  std::int32_t id;
  std::string_view role;
  std::optional<std::int32_t> owner_id;
  std::string_view email;
  std::optional<std::string_view> fullname;
  pg::Timestamp created_at;
  bool is_allowed;
};
BOOST_DESCRIBE_STRUCT(FoundCaller, (), (id, role, owner_id, email, fullname, created_at, is_allowed))

struct Login {
  std::int32_t id;
  std::string_view email;
  std::optional<std::string_view> fullname, password;
  std::string_view role;
  std::optional<std::int32_t> owner_id;
  pg::Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(Login, (), (id, email, fullname, password, role, owner_id, created_at))

struct Rehashed {
  std::int32_t id;
};
BOOST_DESCRIBE_STRUCT(Rehashed, (), (id))

// user, resource, action
inline const pg::Statement<FoundCaller(std::int32_t, std::string_view, std::string_view)> find_caller{
    "find_caller", sql::auth::find_caller};
// e-mail
inline const pg::Statement<Login(std::string_view)> find_login{"find_login", sql::auth::find_login};
// user, old hash, new hash
inline const pg::Statement<Rehashed(std::int32_t, std::string_view, std::string_view)> rehash_password{
    "rehash_password", sql::auth::rehash_password};

}  // namespace pim::auth
