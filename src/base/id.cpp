#include "base/id.hpp"

#include <algorithm>
#include <charconv>

namespace pim {

std::optional<std::int32_t> parse_id(std::string_view text) noexcept {
  std::int32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size() || text.starts_with('-')) return std::nullopt;
  return id;
}

}  // namespace pim
