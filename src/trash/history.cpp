#include "trash/history.hpp"

#include <fmt/format.h>

#include "json/writer.hpp"
#include "sql/trash.hpp"

namespace pim::trash {
namespace {

using Id = std::int32_t;
using OptionalText = std::optional<std::string_view>;
using OptionalNumber = std::optional<std::int64_t>;

struct Event {
  std::int64_t id;
  pg::Timestamp at;
  std::string_view action;
  std::optional<Id> actor_id;
  OptionalText actor_name, actor_email;
  OptionalNumber deletion_id;
  OptionalText request_id, detail;
};
BOOST_DESCRIBE_STRUCT(Event, (), (id, at, action, actor_id, actor_name, actor_email, deletion_id, request_id, detail))

// tenant, product, limit, after
const pg::Statement<Event(Id, Id, Id, OptionalNumber)> history_statement{"product_history",
                                                                         sql::trash::product_history};

void write(json::Object& out, const Event& event) {
  out.add("id", event.id).add("at", event.at).add("action", event.action);
  if (event.actor_id) {
    out.object("actor").add("id", event.actor_id).add("name", event.actor_name).add("email", event.actor_email);
  } else {
    out.add("actor", std::nullopt);
  }
  out.add("deletionId", event.deletion_id)
      .add("requestId", event.request_id)
      .add_raw("detail", event.detail.value_or("{}"));
}

}  // namespace

Task<Result<http::Response>> product_history(pg::Database& database, Id tenant, Id product, Id limit,
                                             OptionalNumber after) {
  const auto rows = co_await database.read(history_statement, tenant, product, limit + 1, after);
  if (rows.empty() && !after)
    co_return not_found(fmt::format("Product with ID {} not found or access denied", product));
  http::Response response;
  json::Object body{response.body};
  std::int64_t last = 0;
  {
    json::Array data = body.array("data");
    for (int i = 0; i < std::min(rows.size(), limit); ++i) {
      const Event event = rows[i];
      json::Object out = data.object();
      write(out, event);
      last = event.id;
    }
  }
  const bool has_next = rows.size() > limit;
  {
    json::Object pagination = body.object("pagination");
    pagination.add("limit", limit).add("hasNext", has_next);
    pagination.add("nextCursor", has_next ? std::optional(std::to_string(last)) : std::nullopt);
  }
  body.close();
  co_return response;
}

}  // namespace pim::trash
