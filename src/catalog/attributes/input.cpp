#include "catalog/attributes/input.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/text.hpp"
#include "catalog/attribute_type.hpp"

namespace pim::catalog::attributes {
namespace {

constexpr std::size_t name_max = 30, unit_max = 30, options_max = 1000,
                      option_max = 255;  // characters, but for the count

bool may_be_in_a_name(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || is_space(c) || c == '-' ||
         c == '_';
}

// One body while it is read: what is taken over, and what is wrong.
class Reader {
 public:
  Reader(const boost::json::object& body, Purpose purpose) : body_(body), purpose_(purpose) {}

  Result<Input> read() {
    refuse_unknown();
    read_name();
    read_type();
    read_unit();
    read_options();
    read_default();
    if (!troubles_.empty()) return invalid(std::move(troubles_));
    return std::move(input_);
  }

 private:
  static constexpr std::array<std::string_view, 5> fields{"name", "type", "unit", "options", "defaultValue"};

  void trouble(std::string message) { troubles_.push_back(std::move(message)); }

  void refuse_unknown() {
    for (const auto& [key, value] : body_) {
      const std::string_view name = key;
      if (std::ranges::find(fields, name) == fields.end()) trouble(fmt::format("property {} should not exist", name));
    }
  }

  // The field's value; null where it is absent.
  const boost::json::value* find_given(std::string_view field) {
    const boost::json::value* value = body_.if_contains(field);
    if (value != nullptr) input_.given.emplace_back(field);
    return value;
  }

  bool is_left_out(const boost::json::value* value) const { return value == nullptr && purpose_ == Purpose::update; }

  void read_name() {
    const boost::json::value* value = find_given("name");
    if (is_left_out(value)) return;
    const bool is_text = value != nullptr && value->is_string();
    const std::string_view text = is_text ? trimmed(value->get_string()) : std::string_view{};
    if (text.empty() || !std::ranges::all_of(text, may_be_in_a_name)) {
      trouble("Attribute name can only contain letters, numbers, spaces, hyphens, and underscores");
    }
    if (text.empty() || characters_of(text) > name_max) trouble("Attribute name must be between 1 and 30 characters");
    if (text.empty()) trouble("Attribute name is required");
    if (!is_text) trouble("name must be a string");
    input_.name = text;
  }

  void read_type() {
    const boost::json::value* value = find_given("type");
    if (is_left_out(value)) return;
    if (value != nullptr && value->is_string()) input_.type = stored_type(value->get_string());
    if (input_.type) return;
    std::vector<std::string_view> shown;
    shown.reserve(friendly_types.size());
    for (const FriendlyType& type : friendly_types) shown.push_back(type.shown);
    trouble(fmt::format("Type must be one of: {} or {}", fmt::join(shown, ", "), fmt::join(stored_types, ", ")));
  }

  void read_unit() {
    const boost::json::value* value = find_given("unit");
    if (value == nullptr || value->is_null()) return;
    if (!value->is_string()) return trouble("unit must be a string");
    const std::string_view text = trimmed(value->get_string());
    if (characters_of(text) > unit_max) {
      trouble(fmt::format("unit must be shorter than or equal to {} characters", unit_max));
    }
    check_text("unit", text);
    if (!text.empty()) input_.unit = text;
  }

  void read_options() {
    const boost::json::value* value = find_given("options");
    if (value == nullptr || value->is_null()) return;
    if (!value->is_array()) return trouble("options must be an array");
    const boost::json::array& items = value->get_array();
    if (items.size() > options_max) {
      return trouble(fmt::format("options must contain no more than {} elements", options_max));
    }
    for (const boost::json::value& item : items) {
      const std::string_view text = item.is_string() ? trimmed(item.get_string()) : std::string_view{};
      if (text.empty()) return trouble("each value in options must be a string that is not empty");
      if (characters_of(text) > option_max) {
        return trouble(fmt::format("each value in options must be shorter than or equal to {} characters", option_max));
      }
      check_text("options", text);
      if (std::ranges::find(input_.options, text) != input_.options.end()) {
        return trouble(fmt::format("options has \"{}\" twice", text));
      }
      input_.options.emplace_back(text);
    }
  }

  void read_default() {
    const boost::json::value* value = find_given("defaultValue");
    if (value == nullptr) return;
    input_.default_value = value_text(*value);
    input_.default_is_json = value->is_array() || value->is_object();
    if (input_.default_value) check_text("defaultValue", *input_.default_value);
  }

  // PostgreSQL's texts can't hold a zero byte.
  void check_text(std::string_view field, std::string_view text) {
    if (text.contains('\0')) trouble(fmt::format("{} must not contain a zero character", field));
  }

  const boost::json::object& body_;
  Purpose purpose_;
  Input input_;
  std::vector<std::string> troubles_;
};

}  // namespace

Result<Input> read_input(const boost::json::value& body, Purpose purpose) {
  if (body.is_object()) return Reader(body.get_object(), purpose).read();
  return invalid({"The body must be a JSON object"});
}

}  // namespace pim::catalog::attributes
