#include "http/page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/id.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace pim::http {
namespace {

// A whole text that is a number; nullopt for anything else, errc::result_out_of_range for too many digits.
template <class Integer>
std::errc parse(std::string_view text, Integer& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return error;
  return end == text.data() + text.size() ? std::errc{} : std::errc::invalid_argument;
}

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

// Hexadecimal, so that it needs no escaping anywhere.
std::string Cursor::text() const {
  return fmt::format("{:016x}{:08x}", static_cast<std::uint64_t>(microseconds), static_cast<std::uint32_t>(id));
}

std::optional<Cursor> Cursor::parse(std::string_view text) {
  std::uint64_t microseconds = 0;
  std::uint32_t id = 0;
  if (text.size() != 24) return std::nullopt;
  const char* const begin = text.data();
  const char* const middle = begin + 16;
  const char* const end = begin + text.size();
  const auto first = std::from_chars(begin, middle, microseconds, 16);
  const auto second = std::from_chars(middle, end, id, 16);
  if (first.ptr != middle || second.ptr != end) return std::nullopt;
  return Cursor{static_cast<std::int64_t>(microseconds), static_cast<std::int32_t>(id)};
}

Result<std::optional<std::int32_t>> integer_parameter(const Request& request, std::string_view name) {
  const auto text = request.query(name);
  if (!text || text->empty()) return std::nullopt;
  std::int32_t value = 0;
  const std::errc error = parse(*text, value);
  if (error == std::errc::result_out_of_range) return invalid({fmt::format("{} is out of range", name)});
  if (error != std::errc{}) return invalid({fmt::format("{} must be an integer number", name)});
  return value;
}

Result<std::optional<std::int32_t>> id_parameter(const Request& request, std::string_view name) {
  const std::string_view text = request.param(name);
  if (!is_number(text)) return bad_request("Validation failed (numeric string is expected)", "invalid");
  std::int32_t value = 0;
  if (parse(text, value) != std::errc{}) return std::nullopt;
  return value;
}

Result<std::int32_t> existing_id(const Request& request, std::string_view name, std::string_view message) {
  const auto id = id_parameter(request, name);
  if (!id) return std::unexpected(id.error());
  if (!*id) return not_found(fmt::format(fmt::runtime(message), request.param(name)));
  return **id;
}

Result<std::optional<bool>> flag_parameter(const Request& request, std::string_view name) {
  const auto text = request.query(name);
  if (!text || text->empty()) return std::nullopt;
  if (*text == "true") return true;
  if (*text == "false") return false;
  return invalid({fmt::format("{} must be true or false", name)});
}

Result<bool> flag_parameter(const Request& request, std::string_view name, bool otherwise) {
  const auto flag = flag_parameter(request, name);
  if (!flag) return std::unexpected(flag.error());
  return flag->value_or(otherwise);
}

Result<std::optional<std::chrono::sys_time<std::chrono::microseconds>>> time_parameter(const Request& request,
                                                                                       std::string_view name) {
  const auto text = request.query(name);
  if (!text || text->empty()) return std::nullopt;
  const auto time = parse_time(*text);
  if (!time) return invalid({fmt::format("{} must be a valid ISO 8601 date string", name)});
  return time;
}

Result<std::string_view> choice_parameter(const Request& request, std::string_view name,
                                          std::initializer_list<std::string_view> choices, std::string_view otherwise) {
  const auto text = request.query(name);
  if (!text || text->empty()) return otherwise;
  if (const auto* const found = std::ranges::find(choices, *text); found != choices.end()) return *found;
  return invalid({fmt::format("{} must be one of the following values: {}", name, fmt::join(choices, ", "))});
}

Result<void> only_parameters(const Request& request, std::initializer_list<std::string_view> known) {
  std::vector<std::string> troubles;
  for (const auto& [name, value] : request.query_parameters()) {
    if (std::ranges::find(known, std::string_view(name)) == known.end()) {
      troubles.push_back(fmt::format("property {} should not exist", name));
    }
  }
  if (troubles.empty()) return {};
  return invalid(std::move(troubles));
}

Result<std::optional<std::vector<std::int32_t>>> ids_parameter(const Request& request, std::string_view name) {
  const auto text = request.query(name);
  if (!text || text->empty()) return std::nullopt;
  std::vector<std::int32_t> ids;
  for (std::size_t begin = 0; begin <= text->size();) {
    const std::size_t end = std::min(text->find(',', begin), text->size());
    const auto id = parse_id(trimmed(text->substr(begin, end - begin)));
    if (!id) return invalid({fmt::format("{} must be integer numbers with commas between them", name)});
    ids.push_back(*id);
    begin = end + 1;
  }
  return ids;
}

Result<Page> Page::of(const Request& request, std::string_view number_name, std::string_view limit_name,
                      std::int32_t limit_default) {
  const auto number = integer_parameter(request, number_name);
  if (!number) return std::unexpected(number.error());
  const auto limit = integer_parameter(request, limit_name);
  if (!limit) return std::unexpected(limit.error());
  return Page{.number = std::max(number->value_or(1), 1),
              .limit = std::clamp(limit->value_or(limit_default), 1, limit_max)};
}

Result<Page> Page::of(const Request& request, std::int32_t limit_default) {
  auto page_or = of(request, "page", "limit", limit_default);
  if (!page_or) return page_or;
  Page& page = *page_or;
  if (const auto cursor = request.query("cursor"); cursor && !cursor->empty()) {
    page.after = Cursor::parse(*cursor);
    if (!page.after) return invalid({"cursor is not one that this list gave: take pagination.nextCursor of an answer"});
  }
  return page;
}

std::string pagination_json(const Page& page, std::int64_t total, const std::optional<Cursor>& next, bool has_cursor) {
  const std::int64_t pages = (total + page.limit - 1) / page.limit;
  const bool has_next = has_cursor && page.after ? next.has_value() : page.number < pages;
  const bool has_previous = page.after.has_value() || page.number > 1;
  return fmt::format(R"({{"page":{},"limit":{},"total":{},"totalPages":{},"hasNext":{},"hasPrev":{},"nextCursor":{}}})",
                     page.number, page.limit, total, pages, has_next, has_previous,
                     next ? fmt::format("\"{}\"", next->text()) : "null");
}

}  // namespace pim::http
