// The statements of people and their permissions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "pg/statement.hpp"
#include "sql/auth/people.hpp"

namespace pim::auth::people {

using Id = std::int32_t;
using OptionalId = std::optional<Id>;
using Text = std::string_view;
using OptionalText = std::optional<Text>;

struct Account {
  Id id;
  Text email;
  OptionalText fullname;
  Text role;
  OptionalId owner_id;
  pg::Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(Account, (), (id, email, fullname, role, owner_id, created_at))

struct ListedOwner {
  Id id;
  Text email;
  OptionalText fullname;
  Text role;
  pg::Timestamp created_at;
  std::optional<pg::Timestamp> deactivated_at;
  std::int64_t staff_members, products, assets;
};
BOOST_DESCRIBE_STRUCT(ListedOwner, (),
                      (id, email, fullname, role, created_at, deactivated_at, staff_members, products, assets))

struct StaffMember {
  Id id;
  Text email;
  OptionalText fullname;
  pg::Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(StaffMember, (), (id, email, fullname, created_at))

struct Owner {
  Id id;
  Text email;
  OptionalText fullname;
  Text role;
  pg::Timestamp created_at;
  std::optional<pg::Timestamp> deactivated_at;
  std::vector<StaffMember> staff_members;
  std::int64_t products, assets, categories, families;
};
BOOST_DESCRIBE_STRUCT(Owner, (),
                      (id, email, fullname, role, created_at, deactivated_at, staff_members, products, assets,
                       categories, families))

struct Permission {
  Id id, user_id;
  Text resource, action;
  bool granted;
  pg::Timestamp created_at, updated_at;
};
BOOST_DESCRIBE_STRUCT(Permission, (), (id, user_id, resource, action, granted, created_at, updated_at))

struct Changed {
  Id id;
};
BOOST_DESCRIBE_STRUCT(Changed, (), (id))

// e-mail, full name, password hash, role, owner, actor, request
inline const pg::Statement<Account(Text, OptionalText, Text, Text, OptionalId, OptionalId, Text)> create_person{
    "create_person", sql::auth::people::create_person};
// account, owner, e-mail, full name, password hash, actor, request
inline const pg::Statement<Account(Id, OptionalId, OptionalText, OptionalText, OptionalText, Id, Text)> update_person{
    "update_person", sql::auth::people::update_person};
// account, owner, is active, actor, request
inline const pg::Statement<Changed(Id, OptionalId, bool, Id, Text)> set_active{"set_active",
                                                                               sql::auth::people::set_active};
inline const pg::Statement<ListedOwner()> list_owners{"list_owners", sql::auth::people::list_owners};
inline const pg::Statement<Owner(Id)> find_owner{"find_owner", sql::auth::people::find_owner};
// owner, those who left
inline const pg::Statement<Account(Id, bool)> list_staff{"list_staff", sql::auth::people::list_staff};
// owner, staff, resources, actions, granted, actor, request
inline const pg::Statement<Permission(Id, Id, std::vector<Text>, std::vector<Text>, std::vector<Id>, Id, Text)>
    grant_permissions{"grant_permissions", sql::auth::people::grant_permissions};
inline const pg::Statement<Permission(Id)> list_permissions{"list_permissions", sql::auth::people::list_permissions};
// owner, staff, resource, action, actor, request
inline const pg::Statement<Changed(Id, Id, Text, Text, Id, Text)> revoke_permission{
    "revoke_permission", sql::auth::people::revoke_permission};

}  // namespace pim::auth::people
