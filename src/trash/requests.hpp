// What requests about the trash say.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "http/request.hpp"
#include "trash/items.hpp"

namespace pim::trash {

// A number of the path that may be larger than an id; 404 with `message` about what can't be one.
Result<std::int64_t> number_of(const http::Request& request, std::string_view name, std::string_view message);

// ?cursor= of a list that is ordered by a number.
Result<std::optional<std::int64_t>> number_cursor(const http::Request& request);

// ?limit=, within bounds.
Result<std::int32_t> limit_of(const http::Request& request);

// ?kind=product,asset&search=&deletedBy=&deletedAfter=&deletedBefore=&olderThanDays=&deletionId=, of the kinds that may
// be.
Result<Chosen> read_filter(const http::Request& request, const Kinds& allowed);

// The body of a bulk: what is chosen, and how. `subject` is the former as a text, for the preview's token.
struct Bulk {
  Chosen chosen;
  RestoreHow how;
  std::optional<std::string> reason;
  bool skip_held = false;
  std::string preview_token;
  std::string subject;
};
Result<Bulk> read_bulk(const http::Request& request, const boost::json::value& body, std::string_view kind);

// POST /trash/empty: {"count":12,"kind":"product","olderThanDays":7,"reason":"…","skipHeld":true}
struct Emptying {
  Chosen chosen;
  std::optional<std::int32_t> count;
  std::optional<std::string> reason;
  bool skip_held = false;
};
Result<Emptying> read_emptying(const boost::json::value& body, const Kinds& allowed);

}  // namespace pim::trash
