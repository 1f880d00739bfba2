#include "catalog/families/input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>

#include "base/id.hpp"
#include "catalog/attribute_type.hpp"
#include "catalog/model_name.hpp"
#include "http/fields.hpp"

namespace pim::catalog::families {
namespace {

constexpr ModelName name_rule{.of = "Family", .characters_max = 40};
constexpr std::size_t attributes_max = 1000;
constexpr std::size_t value_bytes_max = 10'000;

// An id, as a number or in digits.
std::optional<std::int32_t> id_of(const boost::json::value* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return parse_id(value->get_string());
  boost::system::error_code error;
  const auto number = value->is_number() ? value->to_number<std::int32_t>(error) : -1;
  return error || number < 0 ? std::nullopt : std::optional(number);
}

class Reader {
 public:
  explicit Reader(const boost::json::value& body)
      : body_(body), fields_(body, {"name", "requiredAttributes", "otherAttributes"}) {}

  Result<Input> read(Purpose purpose) {
    if (purpose == Purpose::create || has("name")) input_.name = read_name(body_, name_rule, fields_);
    read_list("requiredAttributes", true, input_.has_required);
    read_list("otherAttributes", false, input_.has_others);
    if (auto checked = fields_.check(); !checked) return std::unexpected(std::move(checked).error());
    if (has_duplicates()) return bad_request("Duplicate attribute IDs found", "family.duplicate_attributes");
    return std::move(input_);
  }

 private:
  bool has(std::string_view field) const { return body_.is_object() && body_.get_object().contains(field); }

  void read_list(std::string_view field, bool required, bool& is_given) {
    if (!has(field)) return;
    const boost::json::value& list = body_.get_object().at(field);
    if (!list.is_array()) return fields_.complain(fmt::format("{} must be an array", field));
    if (list.get_array().size() > attributes_max) {
      return fields_.complain(fmt::format("{} must contain no more than {} elements", field, attributes_max));
    }
    is_given = true;
    for (std::size_t i = 0; i < list.get_array().size(); ++i) {
      read_entry(fmt::format("{}.{}", field, i), list.get_array()[i], required);
    }
  }

  void read_entry(const std::string& where, const boost::json::value& entry, bool required) {
    if (!entry.is_object()) return fields_.complain(fmt::format("{} must be an object", where));
    const boost::json::object& object = entry.get_object();
    for (const auto& [key, value] : object) {
      const std::string_view name = key;
      if (name != "attributeId" && name != "isRequired" && name != "additionalValue") {
        fields_.complain(fmt::format("{}.property {} should not exist", where, name));
      }
    }
    const auto id = id_of(object.if_contains("attributeId"));
    if (!id) fields_.complain(fmt::format("{}.attributeId must be an integer number", where));
    // Taken for the sake of old clients: the list says it.
    const boost::json::value* flag = object.if_contains("isRequired");
    if (flag != nullptr && !flag->is_bool() && !flag->is_null()) {
      fields_.complain(fmt::format("{}.isRequired must be a boolean value", where));
    }
    if (!id) return;
    input_.attributes.ids.push_back(*id);
    if (required) input_.attributes.required.push_back(*id);
    input_.attributes.values.push_back(read_value(where, object, *id));
    input_.attributes.fields.push_back(where);
  }

  std::optional<std::string> read_value(const std::string& where, const boost::json::object& entry, std::int32_t id) {
    const boost::json::value* value = entry.if_contains("additionalValue");
    if (value == nullptr) return std::nullopt;
    input_.attributes.with_value.push_back(id);
    auto text = value_text(*value);
    if (text && text->contains('\0')) {
      fields_.complain(fmt::format("{}.additionalValue must not contain a zero character", where));
    }
    if (text && text->size() > value_bytes_max) {
      fields_.complain(fmt::format("{}.additionalValue must be shorter than {} bytes", where, value_bytes_max));
    }
    return text;
  }

  bool has_duplicates() const {
    auto ids = input_.attributes.ids;
    std::ranges::sort(ids);
    return std::ranges::adjacent_find(ids) != ids.end();
  }

  const boost::json::value& body_;
  http::Fields fields_;
  Input input_;
};

}  // namespace

Result<Input> read_input(const boost::json::value& body, Purpose purpose) { return Reader(body).read(purpose); }

}  // namespace pim::catalog::families
