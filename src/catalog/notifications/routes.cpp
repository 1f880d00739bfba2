#include "catalog/notifications/routes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>

#include "http/page.hpp"
#include "json/writer.hpp"
#include "pg/statement.hpp"
#include "sql/catalog/notifications.hpp"

namespace pim::catalog::notifications {
namespace {

using http::Caller;
using http::Request;
using http::Response;
using Answer = Task<Result<Response>>;
using Id = std::int32_t;
using Text = std::string_view;
using OptionalText = std::optional<Text>;

constexpr Id limit_default = 20;
constexpr Id cleaned_at_once_max = 50'000;

constexpr std::array<Text, 9> entity_types{"product", "attribute",  "attributeGroup", "category",        "family",
                                           "asset",   "assetGroup", "productVariant", "productAttribute"};
constexpr std::array<Text, 13> actions{
    "created",      "updated",       "deleted",     "restored", "purged",   "bulk_created",      "bulk_updated",
    "bulk_deleted", "bulk_restored", "bulk_purged", "linked",   "unlinked", "bulk_import_failed"};

struct Actor {
  Id id;
  OptionalText fullname;
  Text email;
};
BOOST_DESCRIBE_STRUCT(Actor, (), (id, fullname, email))

// All but the total is absent where the page is empty.
struct Notification {
  std::int64_t total;
  std::optional<Id> id;
  OptionalText entity_type;
  std::optional<Id> entity_id;
  OptionalText action, entity_name, message, metadata;
  std::optional<pg::Timestamp> created_at;
  std::optional<Actor> actor;
};
BOOST_DESCRIBE_STRUCT(Notification, (),
                      (total, id, entity_type, entity_id, action, entity_name, message, metadata, created_at, actor))

struct Count {
  Text of;
  std::int64_t rows;
};
BOOST_DESCRIBE_STRUCT(Count, (), (of, rows))

struct Counts {
  std::int64_t total, recent;
  std::vector<Count> by_entity_type, by_action;
};
BOOST_DESCRIBE_STRUCT(Counts, (), (total, recent, by_entity_type, by_action))

struct CleanedUp {
  std::int64_t deleted;
};
BOOST_DESCRIBE_STRUCT(CleanedUp, (), (deleted))

// tenant, rows, offset, after, entity type, action
const pg::Statement<Notification(Id, Id, std::int64_t, std::optional<Id>, OptionalText, OptionalText)>
    list_notifications{"list_notifications", sql::catalog::notifications::list_notifications, pg::Plan::fresh};
const pg::Statement<Counts(Id)> count_notifications{"count_notifications",
                                                    sql::catalog::notifications::count_notifications};
// tenant, at most, actor, request
const pg::Statement<CleanedUp(Id, Id, Id, Text)> clean_up_notifications{
    "clean_up_notifications", sql::catalog::notifications::clean_up_notifications};

// A filter that is one of a list of words; 400 that names them.
Result<OptionalText> word_parameter(const Request& request, Text name, std::span<const Text> words) {
  const auto word = request.query(name);
  if (!word || word->empty()) return std::nullopt;
  if (std::ranges::find(words, *word) != words.end()) return *word;
  return invalid({fmt::format("{} must be one of the following values: {}", name, fmt::join(words, ", "))});
}

void write(json::Object& out, const Notification& notification) {
  out.add("id", notification.id).add("entityType", notification.entity_type);
  if (notification.entity_id) out.add("entityId", notification.entity_id);
  out.add("action", notification.action);
  if (notification.entity_name) out.add("entityName", notification.entity_name);
  out.add("message", notification.message)
      .add_raw("metadata", notification.metadata.value_or("{}"))
      .add("createdAt", notification.created_at);
  if (!notification.actor) {
    out.add("actor", std::nullopt);
    return;
  }
  out.object("actor")
      .add("id", notification.actor->id)
      .add("fullname", notification.actor->fullname)
      .add("email", notification.actor->email);
}

void write_counts(json::Object& out, Text key, const std::vector<Count>& counts) {
  json::Object list = out.object(key);
  for (const Count& count : counts) list.add(count.of, count.rows);
}

class Endpoints {
 public:
  explicit Endpoints(pg::Databases& databases) : databases_(databases) {}

  Answer list(Request& request, const Caller& caller) {
    const auto page = co_await http::Page::of(request, limit_default);
    const auto entity_type = co_await word_parameter(request, "entityType", entity_types);
    const auto action = co_await word_parameter(request, "action", actions);
    // One row more than the page shows says whether there is another page.
    const auto rows = co_await databases_.here().search(list_notifications, caller.tenant, page.limit + 1,
                                                        page.offset(), after(page), entity_type, action);
    Response response;
    json::Object body{response.body};
    std::optional<http::Cursor> next;
    {
      json::Array data = body.array("data");
      for (int i = 0; i < std::min(rows.size(), page.limit); ++i) {
        const Notification notification = rows[i];
        if (!notification.id) break;
        json::Object item = data.object();
        write(item, notification);
        next = http::Cursor{notification.created_at->time_since_epoch().count(), *notification.id};
      }
    }
    if (rows.size() <= page.limit) next.reset();
    body.add_raw("pagination", http::pagination_json(page, rows[0].total, next, true));
    body.close();
    co_return response;
  }

  Answer statistics(Request&, const Caller& caller) {
    const auto rows = co_await databases_.here().read(count_notifications, caller.tenant);
    const Counts counts = rows[0];
    Response response;
    json::Object body{response.body};
    body.add("totalNotifications", counts.total);
    write_counts(body, "byEntityType", counts.by_entity_type);
    write_counts(body, "byAction", counts.by_action);
    body.add("recentActivity", counts.recent);
    body.close();
    co_return response;
  }

  Answer clean_up(Request& request, const Caller& caller) {
    std::int64_t total = 0;
    for (std::int64_t deleted = cleaned_at_once_max; deleted == cleaned_at_once_max; total += deleted) {
      const auto rows = co_await databases_.here().write(clean_up_notifications, caller.tenant, cleaned_at_once_max,
                                                         caller.user, request.id);
      deleted = rows[0].deleted;
    }
    Response response;
    json::Object(response.body)
        .add("message", fmt::format("Successfully deleted {} old notifications", total))
        .add("deletedCount", total);
    co_return response;
  }

 private:
  // Ids are in the order of time.
  static std::optional<Id> after(const http::Page& page) {
    return page.after ? std::optional(page.after->id) : std::nullopt;
  }

  pg::Databases& databases_;
};

}  // namespace

void add_routes(http::Router& router, pg::Databases& databases) {
  using enum http::Method;
  const auto endpoints = std::make_shared<Endpoints>(databases);
  const auto route = [&](http::Method method, Text pattern, Text action,
                         Answer (Endpoints::*handler)(Request&, const Caller&)) {
    router.add(method, pattern, http::needs("notifications", action), http::handler_of(endpoints, handler));
  };
  route(get, "/notifications", "read", &Endpoints::list);
  route(get, "/notifications/stats", "read", &Endpoints::statistics);
  route(del, "/notifications/cleanup", "delete", &Endpoints::clean_up);
}

}  // namespace pim::catalog::notifications
