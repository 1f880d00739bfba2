#include "trash/requests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "base/id.hpp"
#include "base/time.hpp"
#include "http/fields.hpp"
#include "http/selection.hpp"
#include "pg/like.hpp"
#include "trash/kinds.hpp"

namespace pim::trash {
namespace {

using Text = std::string_view;

constexpr std::int32_t limit_default = 20, limit_max = 100;
constexpr std::int32_t days_max = 36500;

std::optional<std::int64_t> parse_number(Text text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

pg::Timestamp days_ago(std::int32_t days) {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) - std::chrono::days{days};
}

Result<Kinds> read_kinds(Text text, const Kinds& allowed) {
  Kinds names;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const ItemKind* kind = find_kind(text.substr(begin, end - begin));
    if (kind == nullptr) {
      return invalid(
          {"kind must be one or more of: product, asset, assetGroup, category, family, attribute, "
           "attributeGroup"});
    }
    if (std::ranges::find(allowed, kind->name) != allowed.end()) names.push_back(kind->name);
    begin = end + 1;
  }
  return names;
}

// A filter of a bulk, as text or number.
void read_filters(const boost::json::object& filters, Chosen& chosen, std::vector<std::string>& troubles) {
  const auto time = [&](Text name) -> std::optional<pg::Timestamp> {
    const boost::json::value* value = filters.if_contains(name);
    if (value == nullptr) return std::nullopt;
    const auto parsed = value->is_string() ? parse_time(value->get_string()) : std::nullopt;
    if (!parsed) troubles.push_back(fmt::format("{} must be a valid ISO 8601 date string", name));
    return parsed;
  };
  const auto number = [&](Text name) -> std::optional<std::int64_t> {
    const boost::json::value* value = filters.if_contains(name);
    if (value == nullptr) return std::nullopt;
    boost::system::error_code error;
    const auto parsed = value->is_number() ? value->to_number<std::int64_t>(error) : 0;
    if (error || parsed < 1) troubles.push_back(fmt::format("{} must be an integer number", name));
    return parsed;
  };
  if (const boost::json::value* search = filters.if_contains("search")) {
    if (search->is_string()) {
      chosen.like = pg::like_containing(search->get_string());
    } else {
      troubles.emplace_back("search must be a string");
    }
  }
  if (const auto by = number("deletedBy")) {
    if (std::in_range<std::int32_t>(*by))
      chosen.deleted_by = static_cast<std::int32_t>(*by);
    else
      troubles.emplace_back("deletedBy is out of range");
  }
  chosen.deletion = number("deletionId");
  chosen.since = time("deletedAfter");
  chosen.before = time("deletedBefore");
}

}  // namespace

Result<std::int64_t> number_of(const http::Request& request, Text name, Text message) {
  const Text text = request.param(name);
  const bool is_number = !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return bad_request("Validation failed (numeric string is expected)", "invalid");
  const auto value = parse_number(text);
  if (!value) return not_found(fmt::format(fmt::runtime(message), text));
  return *value;
}

Result<std::optional<std::int64_t>> number_cursor(const http::Request& request) {
  const auto cursor = request.query("cursor");
  if (!cursor || cursor->empty()) return std::nullopt;
  const auto value = parse_number(*cursor);
  if (!value) {
    return invalid({"cursor is not one that this list gave: take pagination.nextCursor of an answer"});
  }
  return value;
}

Result<std::int32_t> limit_of(const http::Request& request) {
  const auto limit = http::integer_parameter(request, "limit");
  if (!limit) return std::unexpected(limit.error());
  return std::clamp(limit->value_or(limit_default), 1, limit_max);
}

Result<Chosen> read_filter(const http::Request& request, const Kinds& allowed) {
  Chosen chosen{.kinds = allowed};
  if (const auto kind = request.query("kind"); kind && !kind->empty()) {
    auto wanted = read_kinds(*kind, allowed);
    if (!wanted) return std::unexpected(wanted.error());
    chosen.kinds = *std::move(wanted);
  }
  if (const auto search = request.query("search"); search && !search->empty()) {
    chosen.like = pg::like_containing(*search);
  }
  const auto by = http::integer_parameter(request, "deletedBy");
  if (!by) return std::unexpected(by.error());
  chosen.deleted_by = *by;
  const auto since = http::time_parameter(request, "deletedAfter");
  if (!since) return std::unexpected(since.error());
  chosen.since = *since;
  const auto before = http::time_parameter(request, "deletedBefore");
  if (!before) return std::unexpected(before.error());
  chosen.before = *before;
  const auto days = http::integer_parameter(request, "olderThanDays");
  if (!days) return std::unexpected(days.error());
  if (*days) {
    if (**days < 0 || **days > days_max) return invalid({"olderThanDays is out of range"});
    const pg::Timestamp at = days_ago(**days);
    chosen.before = chosen.before ? std::min(*chosen.before, at) : at;
  }
  if (const auto deletion = request.query("deletionId"); deletion && !deletion->empty()) {
    chosen.deletion = parse_number(*deletion);
    if (!chosen.deletion) return invalid({"deletionId must be an integer number"});
  }
  return chosen;
}

Result<Bulk> read_bulk(const http::Request& request, const boost::json::value& body, Text kind) {
  constexpr std::array<Text, 4> options{"previewToken", "reason", "onConflict", "withDependencies"};
  if (!body.is_object()) return invalid({"The body must be a JSON object"});
  boost::json::object selection, settings;
  for (const auto& [key, value] : body.get_object()) {
    const bool is_option = std::ranges::find(options, Text(key)) != options.end() || key == "skipHeld";
    (is_option ? settings : selection)[key] = value;
  }
  const auto selected =
      http::read_selection(selection, {"search", "deletedBy", "deletedAfter", "deletedBefore", "deletionId"}, {});
  if (!selected) return std::unexpected(selected.error());

  auto how = read_restore_how(request);
  if (!how) return std::unexpected(how.error());
  Bulk bulk{.chosen = {.kinds = {kind}}, .how = *std::move(how), .subject = boost::json::serialize(selection)};
  const boost::json::value given = settings;
  http::Fields fields(given, {"previewToken", "reason", "onConflict", "withDependencies", "skipHeld"});
  bulk.preview_token = fields.optional_text("previewToken").value_or("");
  bulk.reason = fields.optional_text("reason", 1, 500);
  bulk.skip_held = fields.flag("skipHeld", false);
  bulk.how.with_dependencies = fields.flag("withDependencies", bulk.how.with_dependencies);
  if (const auto word = fields.optional_text("onConflict")) {
    const auto what = on_conflict_of(*word);
    bulk.how.on_conflict = what.value_or(OnConflict::fail);
    if (!what) fields.complain("onConflict must be one of the following values: fail, rename, replace, skip");
  }
  std::vector<std::string> troubles;
  bulk.chosen.ids = selected->ids;
  if (!selected->ids) read_filters(selected->filters, bulk.chosen, troubles);
  for (std::string& trouble : troubles) fields.complain(std::move(trouble));
  if (auto checked = fields.check(); !checked) return std::unexpected(checked.error());
  return bulk;
}

Result<Emptying> read_emptying(const boost::json::value& body, const Kinds& allowed) {
  http::Fields fields(body, {"count", "kind", "olderThanDays", "reason", "skipHeld"});
  Emptying emptying{.chosen = {.kinds = allowed}};
  emptying.count = fields.optional_number("count", 0, std::numeric_limits<std::int32_t>::max());
  emptying.reason = fields.optional_text("reason", 1, 500);
  emptying.skip_held = fields.flag("skipHeld", false);
  if (const auto kind = fields.optional_text("kind")) {
    auto wanted = read_kinds(*kind, allowed);
    if (!wanted) return std::unexpected(wanted.error());
    emptying.chosen.kinds = *std::move(wanted);
  }
  if (const auto days = fields.optional_number("olderThanDays", 0, days_max)) emptying.chosen.before = days_ago(*days);
  if (auto checked = fields.check(); !checked) return std::unexpected(checked.error());
  return emptying;
}

}  // namespace pim::trash
