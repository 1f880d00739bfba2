#include "exchange/exports/old_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "exchange/exports/export.hpp"

namespace pim::exchange::exports {
namespace {

constexpr std::size_t ids_max = 10'000, custom_max = 1'000;
constexpr std::array<std::string_view, 5> known_fields{"productIds", "attributes", "selectedAttributes", "format",
                                                       "filename"};
constexpr std::array<std::pair<std::string_view, Form>, 4> forms{
    {{"csv", csv_form}, {"json", json_form}, {"excel", xlsx_form}, {"xml", xml_form}}};

std::optional<std::int32_t> id_of(const boost::json::value& value) {
  if (!value.is_int64() || value.as_int64() < 1 || value.as_int64() > std::numeric_limits<std::int32_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(value.as_int64());
}

class Reader {
 public:
  explicit Reader(const boost::json::object& body) : body_(body) {}

  Result<OldRequest> read() {
    for (const auto& member : body_) {
      const std::string_view name = member.key();
      if (std::ranges::find(known_fields, name) == known_fields.end()) {
        troubles_.push_back(fmt::format("property {} should not exist", name));
      }
    }
    read_ids();
    read_columns();
    read_custom();
    read_texts();
    if (!troubles_.empty()) return invalid(std::move(troubles_));
    return std::move(request_);
  }

 private:
  const boost::json::array* list(const char* name, std::size_t max, std::string_view if_empty) {
    const auto* found = body_.if_contains(name);
    const auto* items = found != nullptr ? found->if_array() : nullptr;
    if (items == nullptr) {
      troubles_.push_back(fmt::format("{} must be an array", name));
    } else if (items->empty()) {
      if (!if_empty.empty()) troubles_.emplace_back(if_empty);
    } else if (items->size() > max) {
      troubles_.push_back(fmt::format("{} must contain no more than {} elements", name, max));
    } else {
      return items;
    }
    return nullptr;
  }

  void read_ids() {
    const auto* items = list("productIds", ids_max, "At least one product ID must be provided");
    if (items == nullptr) return;
    std::set<std::int32_t> ids;
    for (const auto& item : *items) {
      const auto id = id_of(item);
      if (!id) return troubles_.push_back("each value in productIds must be an integer number");
      ids.insert(*id);
    }
    request_.ids.assign(ids.begin(), ids.end());
  }

  void read_columns() {
    const auto* items = list("attributes", 100, "At least one attribute must be selected");
    if (items == nullptr) return;
    for (const auto& item : *items) {
      const std::string_view name = item.is_string() ? std::string_view(item.as_string()) : std::string_view();
      if (!old_field_named(name)) {
        return troubles_.push_back("each value in attributes must be one of the columns that can be exported");
      }
      if (std::ranges::find(request_.columns, name) == request_.columns.end()) request_.columns.emplace_back(name);
    }
  }

  void read_custom() {
    if (const auto* found = body_.if_contains("selectedAttributes"); found == nullptr || found->is_null()) return;
    const auto* items = list("selectedAttributes", custom_max, {});
    for (std::size_t i = 0; items != nullptr && i < items->size(); ++i) {
      const auto* item = (*items)[i].if_object();
      const auto* id = item != nullptr ? item->if_contains("attributeId") : nullptr;
      const auto* name = item != nullptr ? item->if_contains("attributeName") : nullptr;
      const auto* column = item != nullptr ? item->if_contains("columnName") : nullptr;
      const auto attribute = id != nullptr ? id_of(*id) : std::nullopt;
      if (!attribute)
        troubles_.push_back(fmt::format("selectedAttributes.{}.attributeId must be an integer number", i));
      if (name == nullptr || !name->is_string()) {
        troubles_.push_back(fmt::format("selectedAttributes.{}.attributeName must be a string", i));
      } else if (column != nullptr && !column->is_null() && !column->is_string()) {
        troubles_.push_back(fmt::format("selectedAttributes.{}.columnName must be a string", i));
      } else if (attribute) {
        const bool is_named = column != nullptr && column->is_string() && !column->as_string().empty();
        request_.custom.push_back({*attribute, std::string(name->as_string()),
                                   std::string(is_named ? column->as_string() : name->as_string())});
      }
    }
    check_names();
  }

  // Two columns of one name could not be told from each other.
  void check_names() {
    std::set<std::string_view> names(request_.columns.begin(), request_.columns.end());
    for (const auto& custom : request_.custom) {
      if (custom.column.empty()) troubles_.emplace_back("selectedAttributes: a column needs a name");
      if (!names.insert(custom.column).second) {
        troubles_.push_back(fmt::format("selectedAttributes: two columns would be named \"{}\"", custom.column));
      }
    }
  }

  void read_texts() {
    for (const auto& [name, to] : {std::pair{"format", &request_.format}, std::pair{"filename", &request_.file_name}}) {
      const auto* found = body_.if_contains(name);
      if (found == nullptr || found->is_null()) continue;
      if (!found->is_string()) {
        troubles_.push_back(fmt::format("{} must be a string", name));
      } else {
        *to = found->as_string();
      }
    }
    if (std::ranges::find(forms, request_.format, &std::pair<std::string_view, Form>::first) == forms.end()) {
      troubles_.emplace_back("format must be one of the following values: csv, json, excel, xml");
    }
  }

  const boost::json::object& body_;
  OldRequest request_;
  std::vector<std::string> troubles_;
};

}  // namespace

Result<OldRequest> read_old_request(const boost::json::value& body) {
  static const boost::json::object nothing;
  return Reader(body.is_object() ? body.as_object() : nothing).read();
}

Form OldRequest::form() const {
  return std::ranges::find(forms, format, &std::pair<std::string_view, Form>::first)->second;
}

std::string OldRequest::full_name() const {
  const std::string_view extension = form().extension;
  std::string name = file_name.empty() ? usual_file_name() : file_name;
  for (const auto& [format_name, other] : forms) {
    if (name.ends_with(other.extension)) {
      name.resize(name.size() - other.extension.size());
      break;
    }
  }
  return name + std::string(extension);
}

Result<std::vector<Column>> OldRequest::columns_for(const Model& model) const {
  std::vector<Column> all;
  for (const std::string& name : columns) all.push_back({name, *old_field_named(name)});
  std::string unknown;
  for (const Custom& each : custom) {
    const Attribute* attribute = model.attribute(each.attribute);
    if (attribute == nullptr) {
      unknown += (unknown.empty() ? "" : ", ") + std::to_string(each.attribute);
      continue;
    }
    all.push_back({.name = each.column,
                   .field = Field::attribute,
                   .attribute = attribute->id,
                   .type = attribute->type,
                   .otherwise = attribute->default_value.value_or("")});
  }
  if (!unknown.empty()) return invalid({fmt::format("selectedAttributes: there are no attributes {}", unknown)});
  return all;
}

}  // namespace pim::exchange::exports
