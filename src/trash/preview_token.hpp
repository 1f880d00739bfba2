// A bulk of many rows wants to be looked at first: whoever asked for its preview gets a token, good for a while, for
// that very bulk and that number of rows.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace pim::trash {

inline constexpr std::int64_t rows_without_preview_max = 1000;
inline constexpr std::chrono::minutes preview_token_lifetime{15};

struct Previewed {
  std::int32_t tenant;
  std::string_view act;      // "POST /products/bulk-delete"
  std::string_view subject;  // what is chosen, as JSON
  std::int64_t rows;
};

std::string preview_token(std::string_view secret, const Previewed& previewed,
                          std::chrono::system_clock::time_point now);

// The number of rows that a token claims to be for; 0 where it is none.
std::int64_t rows_of_preview(std::string_view token);

// 428 where the bulk has more rows than may go without a token and `token` is not for it: none, of another bulk or
// another number of rows, or too old.
Result<void> check_preview_token(std::string_view secret, const Previewed& wanted, std::string_view token,
                                 std::chrono::system_clock::time_point now);

}  // namespace pim::trash
