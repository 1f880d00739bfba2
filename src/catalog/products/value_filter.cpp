#include "catalog/products/value_filter.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/id.hpp"

namespace pim::catalog::products {
namespace {

constexpr std::string_view prefix = "attr[";
constexpr std::size_t value_bytes_max = 1000;
constexpr std::array<std::string_view, 9> operations{"eq", "contains", "gte", "lte", "gt", "lt", "min", "max", "empty"};

bool is_operation(std::string_view text) { return std::ranges::find(operations, text) != operations.end(); }

// "attr[Price][gte]" → Price, gte. A name may have brackets itself: only what is an operation is split off.
struct Parts {
  std::string_view attribute, operation;
};
std::optional<Parts> parts_of(std::string_view parameter) {
  if (!is_value_parameter(parameter) || !parameter.ends_with(']')) return std::nullopt;
  parameter.remove_prefix(prefix.size());
  parameter.remove_suffix(1);
  const std::size_t middle = parameter.rfind("][");
  Parts parts{parameter, "eq"};
  if (middle != std::string_view::npos) parts = {parameter.substr(0, middle), parameter.substr(middle + 2)};
  if (parts.attribute.empty()) return std::nullopt;
  return parts;
}

// A JSON value as the text that a query would have; nullopt for what is neither text, number nor flag.
std::optional<std::string> text_of(const boost::json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_number() || value.is_bool()) return boost::json::serialize(value);
  return std::nullopt;
}

}  // namespace

AttributeRef AttributeRef::of(std::string_view text) {
  if (const auto id = parse_id(text); id && *id > 0) return {.id = *id, .name = std::nullopt};
  return {.id = 0, .name = std::string(text)};
}

bool is_value_parameter(std::string_view parameter) noexcept { return parameter.starts_with(prefix); }

std::optional<AttributeRef> attribute_of(std::string_view parameter) {
  const auto parts = parts_of(parameter);
  if (!parts || parameter.contains('\0')) return std::nullopt;
  // A name is all that is between the outer brackets.
  return AttributeRef::of(parameter.substr(prefix.size(), parameter.size() - prefix.size() - 1));
}

std::string ValueFilter::add(std::string_view parameter, std::string_view value) {
  const auto parts = parts_of(parameter);
  if (!parts) return fmt::format("{} must be attr[attribute] or attr[attribute][operation]", parameter);
  return add(AttributeRef::of(parts->attribute), parts->operation, value, parameter);
}

std::vector<std::string> ValueFilter::add_json(std::string_view attribute, const boost::json::value& wanted) {
  std::vector<std::string> troubles;
  const auto note = [&](std::string trouble) {
    if (!trouble.empty()) troubles.push_back(std::move(trouble));
  };
  const auto take = [&](std::string_view operation, const boost::json::value& value) {
    const std::string name = fmt::format("attr[{}]", attribute);
    const auto text = text_of(value);
    if (!text) return note(fmt::format("{} must be compared with a text or a number", name));
    note(add(AttributeRef::of(attribute), operation, *text, name));
  };
  if (!wanted.is_object()) {
    take("eq", wanted);
    return troubles;
  }
  if (wanted.get_object().empty()) note(fmt::format("attr[{}] has no operation", attribute));
  for (const auto& [operation, value] : wanted.get_object()) take(operation, value);
  return troubles;
}

std::string ValueFilter::add(const AttributeRef& attribute, std::string_view operation, std::string_view value,
                             std::string_view parameter) {
  if (parameter.contains('\0') || value.contains('\0')) return "attr must not contain a zero character";
  if (!is_operation(operation)) {
    return fmt::format("{}: {} is none of {}", parameter, operation, fmt::join(operations, ", "));
  }
  if (value.empty()) return fmt::format("{} should not be empty: [empty]=true asks for what has no value", parameter);
  if (value.size() > value_bytes_max)
    return fmt::format("{} must be shorter than {} bytes", parameter, value_bytes_max);
  if (conditions.size() + empty.size() >= conditions_max) {
    return fmt::format("there must be no more than {} conditions on attributes", conditions_max);
  }
  if (operation == "empty") {
    if (value == "true") {
      empty.push_back(attribute);
    } else if (value == "false") {
      conditions.push_back({attribute, "filled", std::nullopt, std::nullopt});
    } else {
      return fmt::format("{} must be true or false", parameter);
    }
  } else if (operation == "eq" || operation == "contains") {
    conditions.push_back({attribute, operation == "eq" ? "is" : "contains", std::string(value), std::nullopt});
  } else {
    return add_bound(attribute, operation, value);
  }
  return {};
}

// Both ends of a range are one condition, so that one look at the index finds what is between them.
std::string ValueFilter::add_bound(const AttributeRef& attribute, std::string_view operation, std::string_view value) {
  const bool is_low = operation.starts_with('g') || operation == "min";
  const bool is_open = operation == "gt" || operation == "lt";
  const auto waits = [&](const ValueCondition& condition) {
    const bool is_range = condition.test.starts_with('[') || condition.test.starts_with('(');
    return is_range && condition.attribute == attribute && !(is_low ? condition.low : condition.high);
  };
  auto range = std::ranges::find_if(conditions, waits);
  if (range == conditions.end()) {
    conditions.push_back({attribute, "[]", std::nullopt, std::nullopt});
    range = std::prev(conditions.end());
  }
  (is_low ? range->low : range->high) = value;
  if (is_open) range->test[is_low ? 0 : 1] = is_low ? '(' : ')';
  return {};
}

}  // namespace pim::catalog::products
