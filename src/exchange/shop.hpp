// What the exports of shops have in common.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pim::exchange {

// A number as shops write it, with a point and nothing between thousands: "1.234,56" → "1234.56". What is no number
// stays as it is. A lone comma with three digits behind it separates thousands, unless commas are decimal.
std::string plain_number(std::string_view text, bool has_decimal_commas);

// A SKU made of a text that may be too short or too long for one; the same text, the same SKU.
std::string sku_of(std::string_view text, std::string_view prefix);

// "Tee" and "S / Red" → "Tee - S / Red", with less of the first where it would be too long for a name.
std::string joined_name(std::string_view name, std::string_view what);

// The parts between separators that have no backslash before them, trimmed; empty ones are left out.
std::vector<std::string> split_escaped(std::string_view text, char separator);

}  // namespace pim::exchange
