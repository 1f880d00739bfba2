// The rules that a product's texts obey, wherever they come from: the API, an import.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/text.hpp"

namespace pim::catalog::products {

struct LengthRule {
  std::size_t min, max;  // in characters
  bool fits(std::string_view text) const noexcept {
    const std::size_t length = characters_of(text);
    return length >= min && length <= max;
  }
};
inline constexpr LengthRule name_rule{1, 100};
inline constexpr LengthRule sku_rule{4, 40};

// A web address: the scheme may be left out, the host must have a top-level domain.
bool is_link(std::string_view text);

}  // namespace pim::catalog::products
