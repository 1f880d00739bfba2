#include "trash/switch.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>

#include "json/writer.hpp"
#include "sql/trash.hpp"
#include "trash/kinds.hpp"

namespace pim::trash {
namespace {

using Text = std::string_view;

struct Switch {
  bool is_off;
};
BOOST_DESCRIBE_STRUCT(Switch, (), (is_off))

const pg::Statement<Switch()> read_switch{"trash_is_off", sql::trash::is_off};

// What the routes of a thing that has a trash end in, where they are about it.
constexpr std::array<Text, 7> endings{"deleted",         "restore",      "permanent",     "history",
                                      "restore-preview", "bulk-restore", "bulk-permanent"};

bool deletes(const http::Route& route) {
  return route.method == http::Method::del || route.pattern.ends_with("/bulk-delete");
}

// "Product successfully soft deleted" was said of no other deletes.
std::string without_soft(Text message) {
  constexpr Text soft = "soft ";
  std::string text(message);
  if (const auto at = text.find(soft); at != std::string::npos) text.erase(at, soft.size());
  return text;
}

}  // namespace

bool is_of_trash(const http::Route& route) {
  const Text pattern = route.pattern;
  const Text first = pattern.substr(1, pattern.find('/', 1) - 1), last = pattern.substr(pattern.rfind('/') + 1);
  if (first == "trash") return true;
  return std::ranges::find(resources, first) != resources.end() && std::ranges::find(endings, last) != endings.end();
}

Task<bool> is_switched_off(pg::Database& database) {
  const auto rows = co_await as_result(database.read(read_switch));
  co_return rows && (*rows)[0].is_off;
}

std::unexpected<Problem> no_such_route(const http::Request& request) {
  return not_found(fmt::format("Cannot {} {}", http::name_of(request.method), request.path));
}

http::Response as_before(http::Response response, const http::Route& route) {
  if (!deletes(route) || response.status >= 300 || response.stream) return response;
  boost::system::error_code error;
  const auto body = boost::json::parse(response.body, error);
  if (error || !body.is_object() || !body.get_object().contains("deletionId")) return response;
  const auto& given = body.get_object();
  const auto* const running = given.if_contains("chosenCount");  // it goes on behind the answer
  const auto* const count = running ? running : given.if_contains("deletedCount");
  std::string text;
  json::Object members(text);
  members.add("message", without_soft(given.at("message").get_string()));
  if (count) members.add("deletedCount", count->to_number<std::int64_t>());
  members.close();
  response.body = std::move(text);
  if (running) response.status = 200;
  return response;
}

}  // namespace pim::trash
