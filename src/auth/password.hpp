// Passwords: argon2id for new ones, bcrypt for those of the replaced service. All of it takes tens of
// milliseconds on purpose: never on an event loop.
#pragma once

#include <string>
#include <string_view>

namespace pim::auth {

// A new hash, salted, in PHC form ("$argon2id$…").
std::string hash_password(std::string_view password);

// Does the password fit the hash? False too for a hash of a kind that we don't know.
bool verify_password(std::string_view password, const std::string& hash);

// Is the hash of an old kind, or of other costs than what we make now?
bool needs_rehash(std::string_view hash);

// Takes as long as verifying a password: for accounts that don't exist, so that time doesn't tell.
void verify_nothing(std::string_view password);

}  // namespace pim::auth
