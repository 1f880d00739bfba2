// Ids, as clients write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pim {

// A whole number in digits that fits an id. nullopt: it is something else, or too large.
std::optional<std::int32_t> parse_id(std::string_view text) noexcept;

}  // namespace pim
