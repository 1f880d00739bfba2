#include "http/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "http/fields.hpp"

namespace pim::http {
namespace {

using Names = std::initializer_list<std::string_view>;

bool contains(Names names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

bool is_empty(const boost::json::value& value) {
  return value.is_null() || (value.is_string() && value.get_string().empty()) ||
         (value.is_array() && value.get_array().empty());
}

std::optional<std::vector<std::int32_t>> read_ids(const boost::json::value& value, Fields& fields) {
  if (!value.is_array()) {
    fields.complain("ids must be an array");
    return std::nullopt;
  }
  const boost::json::array& items = value.get_array();
  if (items.empty()) fields.complain("ids must contain at least 1 elements");
  if (items.size() > Selection::ids_max) {
    fields.complain(fmt::format("ids must contain no more than {} elements", Selection::ids_max));
  }
  std::vector<std::int32_t> ids;
  for (const boost::json::value& item : items) {
    boost::system::error_code error;
    const auto id = item.is_number() ? item.to_number<std::int32_t>(error) : 0;
    if (error || !item.is_number()) {
      fields.complain("each value in ids must be an integer number");
      return std::nullopt;
    }
    ids.push_back(id);
  }
  return ids;
}

boost::json::object read_filters(const boost::json::value& value, Names known, Names ignored, Fields& fields) {
  boost::json::object filters;
  if (!value.is_object()) {
    fields.complain("filters must be an object");
    return filters;
  }
  for (const auto& [key, filter] : value.get_object()) {
    const std::string_view name = key;
    if (!contains(known, name) && !contains(ignored, name)) {
      fields.complain(fmt::format("filters.property {} should not exist", name));
    } else if (contains(known, name) && !is_empty(filter)) {
      filters[name] = filter;
    }
  }
  return filters;
}

}  // namespace

Result<Selection> read_selection(const boost::json::value& body, Names filters, Names ignored) {
  Fields fields(body, {"ids", "filters", "all"});
  Selection selection;
  selection.all = fields.flag("all", false);
  if (fields.has("ids")) selection.ids = read_ids(body.at("ids"), fields);
  if (fields.has("filters")) selection.filters = read_filters(body.at("filters"), filters, ignored, fields);
  if (auto checked = fields.check(); !checked) return std::unexpected(std::move(checked).error());
  if (!selection.ids && selection.filters.empty() && !selection.all) {
    return invalid({"ids, or filters with at least one that has a value, must be given; or \"all\": true for all"});
  }
  if (selection.ids || !selection.filters.empty()) selection.all = false;
  return selection;
}

}  // namespace pim::http
