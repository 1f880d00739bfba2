// Codes that come by mail: six digits, for ten minutes, five tries. Only a keyed hash is kept.
#pragma once

#include <string>
#include <string_view>

namespace pim::auth::sign_up {

// A random code, "000000" to "999999", all equally likely.
std::string make_code();

// What is kept of it. Without the secret a leaked table does not tell it, though there are few codes; the address and
// the purpose are in it, so that a hash fits nowhere else.
std::string hash_of_code(std::string_view secret, std::string_view purpose, std::string_view email,
                         std::string_view code);

}  // namespace pim::auth::sign_up
