// Which page of a list is asked for, and what its answer says of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "http/request.hpp"

namespace pim::http {

// The last row of the page before, in a list that is ordered by a time and an id. Clients get it as one opaque
// text, and send it back as `cursor`.
struct Cursor {
  std::int64_t microseconds;  // since 1970, UTC
  std::int32_t id;

  std::string text() const;
  static std::optional<Cursor> parse(std::string_view text);
};

struct Page {
  std::int32_t number = 1;
  std::int32_t limit = 10;
  std::optional<Cursor> after;  // with it, `number` does not count

  static constexpr std::int32_t limit_max = 100;
  std::int64_t offset() const noexcept { return after ? 0 : (std::int64_t{number} - 1) * limit; }

  // From `page`, `limit` and `cursor`. What is below or above the bounds is brought within them; what is no
  // number is 400.
  static Result<Page> of(const Request& request, std::int32_t limit_default = 10);
  // The same of a list within an answer, whose parameters have names of their own ("productPage", "productLimit"). It
  // has no cursor.
  static Result<Page> of(const Request& request, std::string_view number_name, std::string_view limit_name,
                         std::int32_t limit_default = 10);
};

// Adds the "pagination" member's value: {"page","limit","total","totalPages","hasNext","hasPrev","nextCursor"}.
// `next` is the cursor after this page, where there is more.
std::string pagination_json(const Page& page, std::int64_t total, const std::optional<Cursor>& next, bool has_cursor);

// An integer query parameter; nullopt where it is absent. Not a whole number, or outside of the bounds of an
// int4: 400 that names it.
Result<std::optional<std::int32_t>> integer_parameter(const Request& request, std::string_view name);

// A path parameter that is an id: 400 for what is no number, and what is above int4 does not exist (nullopt).
Result<std::optional<std::int32_t>> id_parameter(const Request& request, std::string_view name);

// The same for a handler: what can't be an id of ours is 404, with `message` about it ("Family with ID {} not found").
Result<std::int32_t> existing_id(const Request& request, std::string_view name, std::string_view message);

// ?name=true|false; 400 for anything else.
Result<std::optional<bool>> flag_parameter(const Request& request, std::string_view name);
Result<bool> flag_parameter(const Request& request, std::string_view name, bool otherwise);

// A time in ISO 8601: a day, or a time of it ("2026-11-24", "2026-11-24T08:15:00.5+01:00"; UTC where it does not say).
Result<std::optional<std::chrono::sys_time<std::chrono::microseconds>>> time_parameter(const Request& request,
                                                                                       std::string_view name);

// One of `choices`; `otherwise` where it is absent, 400 that names them for anything else.
Result<std::string_view> choice_parameter(const Request& request, std::string_view name,
                                          std::initializer_list<std::string_view> choices, std::string_view otherwise);

// 400 for each query parameter that is none of `known`.
Result<void> only_parameters(const Request& request, std::initializer_list<std::string_view> known);

// Ids with commas between them: "1,2,3".
Result<std::optional<std::vector<std::int32_t>>> ids_parameter(const Request& request, std::string_view name);

}  // namespace pim::http
