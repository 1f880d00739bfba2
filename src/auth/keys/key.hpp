// API keys: random texts that programs send instead of a token. Only their hashes are kept.
#pragma once

#include <string>
#include <string_view>

namespace pim::auth::keys {

// A new key: "pk_" and 64 hexadecimal digits, 256 random bits.
std::string make_key();
// Does the text look like a key?
bool is_key(std::string_view text) noexcept;
// What is kept of it: SHA-256, hexadecimal. So many random bits need no salt, and no slow hash.
std::string hash_of_key(std::string_view key);
// What it is known by in lists: its first letters.
std::string prefix_of(std::string_view key);

}  // namespace pim::auth::keys
