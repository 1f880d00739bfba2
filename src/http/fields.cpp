#include "http/fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>

#include "base/text.hpp"

namespace pim::http {
namespace {

constexpr std::size_t email_bytes_max = 254;

}  // namespace

Fields::Fields(const boost::json::value& body, std::initializer_list<std::string_view> known) : body_(&empty_) {
  if (!body.is_object()) {
    complain("The body must be a JSON object");
    return;
  }
  body_ = &body.get_object();
  for (const auto& [key, value] : *body_) {
    if (std::ranges::find(known, std::string_view(key)) == known.end()) {
      complain(fmt::format("property {} should not exist", std::string_view(key)));
    }
  }
}

const boost::json::value* Fields::find(std::string_view name) const {
  const boost::json::value* value = body_->if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool Fields::has(std::string_view name) const { return find(name) != nullptr; }

std::string Fields::text(std::string_view name, std::size_t min, std::size_t max) {
  const boost::json::value* value = find(name);
  const bool is_text = value != nullptr && value->is_string();
  std::string text = is_text ? std::string(value->get_string()) : std::string{};
  if (min == 1 && text.empty()) {
    complain(fmt::format("{} should not be empty", name));
  } else if (const std::size_t length = characters_of(text); length < min) {
    complain(fmt::format("{} must be longer than or equal to {} characters", name, min));
  } else if (length > max) {
    complain(fmt::format("{} must be shorter than or equal to {} characters", name, max));
  }
  if (!is_text) complain(fmt::format("{} must be a string", name));
  if (text.contains('\0')) complain(fmt::format("{} must not contain a zero character", name));
  return text;
}

std::optional<std::string> Fields::optional_text(std::string_view name, std::size_t min, std::size_t max) {
  return has(name) ? std::optional(text(name, min, max)) : std::nullopt;
}

std::string Fields::email(std::string_view name) {
  const boost::json::value* value = find(name);
  std::string text = value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
  if (text.empty()) complain(fmt::format("{} should not be empty", name));
  if (!is_email(text)) complain(fmt::format("{} must be an email", name));
  return text;
}

std::optional<std::string> Fields::optional_email(std::string_view name) {
  return has(name) ? std::optional(email(name)) : std::nullopt;
}

bool Fields::flag(std::string_view name, bool otherwise) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return otherwise;
  if (value->is_bool()) return value->get_bool();
  complain(fmt::format("{} must be a boolean value", name));
  return otherwise;
}

std::optional<std::int32_t> Fields::optional_number(std::string_view name, std::int32_t min, std::int32_t max) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code error;
  const auto number = value->is_number() ? value->to_number<std::int32_t>(error) : min - 1;
  if (!error && number >= min && number <= max) return number;
  complain(fmt::format("{} must be a whole number from {} to {}", name, min, max));
  return std::nullopt;
}

std::vector<std::string> Fields::texts(std::string_view name) {
  const boost::json::value* value = find(name);
  std::vector<std::string> texts;
  if (value == nullptr || !value->is_array()) {
    complain(fmt::format("{} must be an array", name));
    return texts;
  }
  for (const boost::json::value& item : value->get_array()) {
    if (item.is_string() && !item.get_string().empty()) {
      texts.emplace_back(item.get_string());
    } else {
      complain(fmt::format("each value in {} must be a string", name));
    }
  }
  return texts;
}

Result<void> Fields::check() const {
  if (troubles_.empty()) return {};
  return invalid(troubles_);
}

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || text.size() > email_bytes_max) return false;
  const std::string_view host = text.substr(at + 1);
  const bool plain = std::ranges::none_of(text, [](unsigned char c) { return c <= ' ' || c == 0x7F; });
  return plain && !host.contains('@') && host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
}

}  // namespace pim::http
