// The statements that say who somebody is, and count their attempts.
#pragma once

#include "pg/statement.hpp"
#include "sql/auth.hpp"

namespace pim::auth {

struct FoundCaller {
  std::int32_t id;
  std::string_view role;
  std::optional<std::int32_t> owner_id;
  bool is_allowed, trash_is_off;
};
BOOST_DESCRIBE_STRUCT(FoundCaller, (), (id, role, owner_id, is_allowed, trash_is_off))

struct FoundKey {
  std::int32_t id;  // the tenant's
  std::int32_t actor_id;
  bool is_allowed;
  bool is_unnoted, trash_is_off;
};
BOOST_DESCRIBE_STRUCT(FoundKey, (), (id, actor_id, is_allowed, is_unnoted, trash_is_off))

// `granted`: a bit for each of the resources that were asked for.
struct FoundCallerOfAny {
  std::int32_t id;
  std::string_view role;
  std::optional<std::int32_t> owner_id;
  std::int32_t granted;
  bool trash_is_off;
};
BOOST_DESCRIBE_STRUCT(FoundCallerOfAny, (), (id, role, owner_id, granted, trash_is_off))

struct FoundKeyOfAny {
  std::int32_t id;  // the tenant's
  std::int32_t actor_id, granted;
  bool is_unnoted, trash_is_off;
};
BOOST_DESCRIBE_STRUCT(FoundKeyOfAny, (), (id, actor_id, granted, is_unnoted, trash_is_off))

struct Login {
  std::int32_t id;
  std::string_view email;
  std::optional<std::string_view> fullname, password;
  std::string_view role;
  std::optional<std::int32_t> owner_id;
  pg::Timestamp created_at;
  std::int32_t token_version;
};
BOOST_DESCRIBE_STRUCT(Login, (), (id, email, fullname, password, role, owner_id, created_at, token_version))

struct Person {
  std::int32_t id;
  std::string_view email;
  std::optional<std::string_view> fullname;
  std::string_view role;
  std::optional<std::int32_t> owner_id;
  pg::Timestamp created_at;
  std::optional<std::string_view> password;
  bool is_active;
};
BOOST_DESCRIBE_STRUCT(Person, (), (id, email, fullname, role, owner_id, created_at, password, is_active))

struct Touched {
  std::int32_t id;
};
BOOST_DESCRIBE_STRUCT(Touched, (), (id))

struct Attempts {
  std::int32_t count, seconds_left;
};
BOOST_DESCRIBE_STRUCT(Attempts, (), (count, seconds_left))

struct Forgiven {
  std::int32_t count;
};
BOOST_DESCRIBE_STRUCT(Forgiven, (), (count))

// user, resource, action, version of the token
inline const pg::Statement<FoundCaller(std::int32_t, std::string_view, std::string_view, std::int32_t)> find_caller{
    "find_caller", sql::auth::find_caller};
// hash of the key, resource, action
inline const pg::Statement<FoundKey(std::string_view, std::string_view, std::string_view)> find_key{
    "find_key", sql::auth::find_key};
// user, resources, action, version of the token
inline const pg::Statement<FoundCallerOfAny(std::int32_t, std::vector<std::string_view>, std::string_view,
                                            std::int32_t)>
    find_caller_of_any{"find_caller_of_any", sql::auth::find_caller_of_any};
// hash of the key, resources, action
inline const pg::Statement<FoundKeyOfAny(std::string_view, std::vector<std::string_view>, std::string_view)>
    find_key_of_any{"find_key_of_any", sql::auth::find_key_of_any};
// hash of the key
inline const pg::Statement<Touched(std::string_view)> note_key_use{"note_key_use", sql::auth::note_key_use};
// tenant, administrator, request id, route
inline const pg::Statement<Touched(std::int32_t, std::int32_t, std::string_view, std::string_view)> act_as{
    "act_as", sql::auth::act_as};
// e-mail
inline const pg::Statement<Login(std::string_view)> find_login{"find_login", sql::auth::find_login};
// user
inline const pg::Statement<Person(std::int32_t)> find_person{"find_person", sql::auth::find_person};
// user, old hash, new hash
inline const pg::Statement<Touched(std::int32_t, std::string_view, std::string_view)> rehash_password{
    "rehash_password", sql::auth::rehash_password};
// subject, seconds
inline const pg::Statement<Attempts(std::string_view, std::int32_t)> count_attempt{"count_attempt",
                                                                                   sql::auth::count_attempt};
// account's subject, address's subject
inline const pg::Statement<Forgiven(std::string_view, std::string_view)> forgive_attempts{"forgive_attempts",
                                                                                          sql::auth::forgive_attempts};

}  // namespace pim::auth
