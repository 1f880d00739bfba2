#include "catalog/model_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <optional>

#include "base/text.hpp"

namespace pim::catalog {
namespace {

bool is_allowed(char c) noexcept {
  const bool letter_or_digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter_or_digit || is_space(c) || std::string_view("-_&()'").contains(c);
}

}  // namespace

std::string read_name(const boost::json::value& body, const ModelName& rule, http::Fields& fields) {
  const boost::json::value* value = body.is_object() ? body.get_object().if_contains("name") : nullptr;
  const bool is_text = value != nullptr && value->is_string();
  const std::string_view name = is_text ? trimmed(value->get_string()) : std::string_view{};
  if (name.empty() || !std::ranges::all_of(name, is_allowed)) {
    fields.complain(fmt::format(
        "{} name can only contain letters, numbers, spaces, hyphens, underscores, ampersands, parentheses, and "
        "apostrophes",
        rule.of));
  }
  if (name.empty() || characters_of(name) > rule.characters_max) {
    fields.complain(fmt::format("{} name must be between 1 and {} characters", rule.of, rule.characters_max));
  }
  if (name.empty()) fields.complain(fmt::format("{} name is required", rule.of));
  if (!is_text) fields.complain("name must be a string");
  return std::string(name);
}

}  // namespace pim::catalog
