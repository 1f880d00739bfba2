#include "catalog/products/input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <limits>

#include "base/id.hpp"
#include "base/text.hpp"
#include "catalog/products/rules.hpp"

namespace pim::catalog::products {
namespace {

// One body while it is read: what is taken over, and what is wrong.
class Reader {
 public:
  Reader(const boost::json::object& body, Purpose purpose) : body_(body), purpose_(purpose) {}

  Result<Input> read() {
    refuse_unknown();
    read_name();
    read_sku();
    read_link();
    read_text("imageUrl", input_.image_url);
    read_texts("subImages", input_.sub_images);
    read_text("thumbnailUrl", input_.thumbnail_url);
    read_texts("thumbnailSubImages", input_.thumbnail_sub_images);
    read_status();
    read_reference("categoryId", input_.category_id);
    read_reference("attributeGroupId", input_.attribute_group_id);
    read_reference("familyId", input_.family_id);
    read_ids("attributes", input_.attributes);
    read_values("attributesWithValues", input_.values);
    read_values("familyAttributesWithValues", input_.family_values);
    read_ids("assets", input_.assets);
    read_parent();
    read_flag("updateExisting", input_.update_existing);
    if (!troubles_.empty()) return invalid(std::move(troubles_));
    return std::move(input_);
  }

  Result<Input> read_only_values() {
    for (const auto& [key, value] : body_) {
      if (key != "attributes") trouble(fmt::format("property {} should not exist", std::string_view(key)));
    }
    const boost::json::value* value = find("attributes");
    if (value == nullptr || !value->is_array()) trouble("attributes must be an array");
    read_values("attributes", input_.values);
    input_.given = {"values"};
    if (!troubles_.empty()) return invalid(std::move(troubles_));
    return std::move(input_);
  }

 private:
  static constexpr std::array<std::string_view, 18> fields{"name",
                                                           "sku",
                                                           "productLink",
                                                           "imageUrl",
                                                           "subImages",
                                                           "status",
                                                           "thumbnailUrl",
                                                           "thumbnailSubImages",
                                                           "categoryId",
                                                           "familyId",
                                                           "attributeGroupId",
                                                           "attributes",
                                                           "assets",
                                                           "parentSku",
                                                           "attributesWithValues",
                                                           "familyAttributesWithValues",
                                                           "updateExisting",
                                                           "parentProductId"};

  void trouble(std::string message) { troubles_.push_back(std::move(message)); }

  void refuse_unknown() {
    for (const auto& [key, value] : body_) {
      const std::string_view name = key;
      const bool known = std::ranges::find(fields, name) != fields.end() &&
                         (name != "parentProductId" || purpose_ == Purpose::update) &&
                         (purpose_ != Purpose::variant || (name != "parentSku" && name != "updateExisting"));
      if (!known) trouble(fmt::format("property {} should not exist", name));
    }
  }

  // The field's value; null where it is absent.
  const boost::json::value* find(std::string_view field) const { return body_.if_contains(field); }
  const boost::json::value* find_given(std::string_view field) {
    const boost::json::value* value = find(field);
    if (value != nullptr) input_.given.emplace_back(field);
    return value;
  }

  bool is_required() const { return purpose_ != Purpose::update; }

  void read_name() {
    const boost::json::value* value = find("name");
    if (value == nullptr && !is_required()) return;
    const auto text = trimmed_text(value);
    if (!text || !name_rule.fits(*text)) trouble("Product name must be between 1 and 100 characters");
    if (value == nullptr || value->is_null() || (text && text->empty())) trouble("Product name is required");
    if (!text) trouble("name must be a string");
    if (text) check_text("name", *text);
    input_.name = text;
  }

  void read_sku() {
    const boost::json::value* value = find("sku");
    if (value == nullptr && !is_required()) return;
    const auto text = trimmed_text(value);
    if (!text || !sku_rule.fits(*text)) trouble("SKU must be between 4 and 40 characters");
    if (value == nullptr || value->is_null() || (text && text->empty())) trouble("sku should not be empty");
    if (!text) trouble("sku must be a string");
    if (text) check_text("sku", *text);
    input_.sku = text;
  }

  void read_link() {
    const boost::json::value* value = find_given("productLink");
    if (value == nullptr || value->is_null()) return;
    const auto text = trimmed_text(value);
    if (!text || (!text->empty() && !is_link(*text))) return trouble("Product link must be a valid URL");
    if (!text->empty()) input_.product_link = text;
  }

  void read_text(std::string_view field, std::optional<std::string>& into) {
    const boost::json::value* value = find_given(field);
    if (value == nullptr || value->is_null()) return;
    const auto text = trimmed_text(value);
    if (!text) return trouble(fmt::format("{} must be a string", field));
    check_text(field, *text);
    if (!text->empty()) into = text;
  }

  void read_texts(std::string_view field, std::optional<std::vector<std::string>>& into) {
    const boost::json::value* value = find_given(field);
    if (value == nullptr) return;
    if (value->is_null()) {
      into.emplace();
      return;
    }
    if (!value->is_array()) return trouble(fmt::format("{} must be an array", field));
    into.emplace();
    for (const boost::json::value& item : value->get_array()) {
      if (!item.is_string()) return trouble(fmt::format("each value in {} must be a string", field));
      check_text(field, item.get_string());
      into->emplace_back(item.get_string());
    }
  }

  // Taken for the sake of old clients; the status follows from the values.
  void read_status() {
    const boost::json::value* value = find("status");
    if (value == nullptr || value->is_null()) return;
    const bool known = value->is_string() && (value->get_string() == "complete" || value->get_string() == "incomplete");
    if (!known) trouble("Status must be one of: complete, incomplete");
  }

  void read_reference(std::string_view field, std::optional<std::int32_t>& into) {
    const boost::json::value* value = find_given(field);
    if (value == nullptr || value->is_null()) return;
    into = whole_number(*value);
    if (!into) trouble(fmt::format("{} must be an integer number", field));
  }

  void read_ids(std::string_view field, std::vector<std::int32_t>& into) {
    const boost::json::value* value = find_given(field);
    if (value == nullptr || value->is_null()) return;
    if (!value->is_array()) return trouble(fmt::format("{} must be an array", field));
    for (const boost::json::value& item : value->get_array()) {
      const auto id = whole_number(item);
      if (!id) return trouble(fmt::format("each value in {} must be an integer number", field));
      into.push_back(*id);
    }
  }

  void read_values(std::string_view field, Input::Values& into) {
    const boost::json::value* value = find_given(field);
    if (value == nullptr || value->is_null()) return;
    if (!value->is_array()) return trouble(fmt::format("{} must be an array", field));
    std::size_t index = 0;
    for (const boost::json::value& item : value->get_array()) read_value(field, index++, item, into);
  }

  void read_value(std::string_view field, std::size_t index, const boost::json::value& item, Input::Values& into) {
    if (!item.is_object()) return trouble(fmt::format("each value in {} must be an object", field));
    const boost::json::object& entry = item.get_object();
    for (const auto& [key, unused] : entry) {
      const std::string_view name = key;
      if (name != "attributeId" && name != "value") {
        trouble(fmt::format("{}.{}.property {} should not exist", field, index, name));
      }
    }
    const boost::json::value* id_value = entry.if_contains("attributeId");
    const auto id = id_value == nullptr ? std::nullopt : whole_number(*id_value);
    if (!id) return trouble(fmt::format("{}.{}.attributeId must be an integer number", field, index));
    const boost::json::value* value = entry.if_contains("value");
    std::optional<std::string> text;
    if (value != nullptr && !value->is_null()) {
      if (!value->is_string()) return trouble(fmt::format("{}.{}.value must be a string", field, index));
      check_text(field, value->get_string());
      text = std::string(value->get_string());
    }
    if (std::ranges::find(into.ids, *id) != into.ids.end()) {
      return trouble(fmt::format("{}.{}.attributeId {} is given twice", field, index, *id));
    }
    into.ids.push_back(*id);
    into.values.push_back(std::move(text));
  }

  void read_parent() {
    if (const boost::json::value* value = find("parentSku"); value != nullptr) {
      const auto text = trimmed_text(value);
      if (value->is_null() || (text && text->empty() && purpose_ == Purpose::update)) {
        if (purpose_ == Purpose::update) input_.given.emplace_back("parentSku");  // unlinks
      } else if (!text) {
        trouble("parentSku must be a string");
      } else if (!sku_rule.fits(*text)) {
        trouble("Parent SKU must be between 4 and 40 characters");
      } else {
        input_.given.emplace_back("parentSku");
        input_.parent_sku = text;
      }
    }
    if (purpose_ == Purpose::update) read_reference("parentProductId", input_.parent_product_id);
    if (input_.has("parentSku") && input_.has("parentProductId")) {
      trouble("parentProductId and parentSku name the parent both: send one of them");
    }
  }

  void read_flag(std::string_view field, bool& into) {
    const boost::json::value* value = find(field);
    if (value == nullptr || value->is_null()) return;
    if (!value->is_bool()) return trouble(fmt::format("{} must be a boolean value", field));
    into = value->get_bool();
  }

  static std::optional<std::string> trimmed_text(const boost::json::value* value) {
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return std::string(trimmed(value->get_string()));
  }

  // PostgreSQL's texts can't hold a zero byte.
  void check_text(std::string_view field, std::string_view text) {
    if (text.contains('\0')) trouble(fmt::format("{} must not contain a zero character", field));
  }

  // An int4, as a number or, as old clients send it, in digits.
  static std::optional<std::int32_t> whole_number(const boost::json::value& value) {
    if (value.is_string()) return parse_id(value.get_string());
    boost::system::error_code error;
    const auto number = value.to_number<std::int64_t>(error);
    if (error || number < std::numeric_limits<std::int32_t>::min() ||
        number > std::numeric_limits<std::int32_t>::max()) {
      return std::nullopt;
    }
    return static_cast<std::int32_t>(number);
  }

  const boost::json::object& body_;
  Purpose purpose_;
  Input input_;
  std::vector<std::string> troubles_;
};

}  // namespace

bool Input::has(std::string_view field) const { return std::ranges::find(given, field) != given.end(); }

Result<Input> read_input(const boost::json::value& body, Purpose purpose) {
  if (body.is_object()) return Reader(body.get_object(), purpose).read();
  return invalid({"The body must be a JSON object"});
}

Result<Input> read_values(const boost::json::value& body) {
  if (body.is_object()) return Reader(body.get_object(), Purpose::update).read_only_values();
  return invalid({"The body must be a JSON object"});
}

}  // namespace pim::catalog::products
