#include "trash/keeping.hpp"

#include <fmt/format.h>

#include "http/list.hpp"
#include "json/writer.hpp"
#include "sql/trash.hpp"

namespace pim::trash {
namespace {

using Id = std::int32_t;
using Number = std::int64_t;
using Text = std::string_view;
using OptionalId = std::optional<Id>;

struct PolicyRow {
  Id retention_days;
  bool is_own;
  Id brake_rows, brake_percent;
  std::optional<pg::Timestamp> brake_released_until;
};
BOOST_DESCRIBE_STRUCT(PolicyRow, (), (retention_days, is_own, brake_rows, brake_percent, brake_released_until))

struct WrittenPolicy {
  Id written;
};
BOOST_DESCRIBE_STRUCT(WrittenPolicy, (), (written))

struct PlacedHold {
  Number id;
  pg::Timestamp placed_at;
};
BOOST_DESCRIBE_STRUCT(PlacedHold, (), (id, placed_at))

struct ReleasedHold {
  Number id;
};
BOOST_DESCRIBE_STRUCT(ReleasedHold, (), (id))

struct Hold {
  Number total, id;
  Text kind;
  OptionalId item_id;
  Text reason;
  OptionalId placed_by;
  pg::Timestamp placed_at;
  OptionalId released_by;
  std::optional<pg::Timestamp> released_at;
};
BOOST_DESCRIBE_STRUCT(Hold, (), (total, id, kind, item_id, reason, placed_by, placed_at, released_by, released_at))

struct CertifiedKind {
  Text kind;
  Id rows;
};
BOOST_DESCRIBE_STRUCT(CertifiedKind, (), (kind, rows))

struct Certificate {
  Number total, id;
  OptionalId actor_id;
  std::optional<Text> reason, request_id;
  Id item_count;
  Text content_hash;
  pg::Timestamp created_at;
  std::vector<CertifiedKind> kinds;
};
BOOST_DESCRIBE_STRUCT(Certificate, (),
                      (total, id, actor_id, reason, request_id, item_count, content_hash, created_at, kinds))

struct PurgedItem {
  Number total;
  Text kind;
  Id item_id;
  std::optional<Number> deletion_id;
  std::optional<pg::Timestamp> deleted_at;
  Text content_hash;
};
BOOST_DESCRIBE_STRUCT(PurgedItem, (), (total, kind, item_id, deletion_id, deleted_at, content_hash))

const pg::Statement<PolicyRow(Id, Id)> find_policy_statement{"find_policy", sql::trash::find_policy};
// tenant, actor, request id, sets the retention, days, sets the rows, rows, sets the percentage, percent, minutes
// without a brake
const pg::Statement<WrittenPolicy(Id, Id, Text, bool, OptionalId, bool, OptionalId, bool, OptionalId, OptionalId)>
    set_policy_statement{"set_policy", sql::trash::set_policy};
// tenant, actor, request id, kind, item, reason
const pg::Statement<PlacedHold(Id, Id, Text, Text, OptionalId, Text)> place_hold_statement{"place_hold",
                                                                                           sql::trash::place_hold};
const pg::Statement<ReleasedHold(Id, Id, Text, Number)> release_hold_statement{"release_hold",
                                                                               sql::trash::release_hold};
// tenant, released ones too, limit, after
const pg::Statement<Hold(Id, bool, Id, std::optional<Number>)> list_holds_statement{
    "list_holds", sql::trash::list_holds, pg::Plan::fresh};
const pg::Statement<Certificate(Id, Id, std::optional<Number>)> list_certificates_statement{
    "list_certificates", sql::trash::list_certificates, pg::Plan::fresh};
const pg::Statement<PurgedItem(Id, Number, Id, Number)> list_purged_statement{"list_purged_items",
                                                                              sql::trash::list_purged_items};

// A page of what is ordered by its id, the last first; one row more than it shows says that there is another.
template <class Row, class WriteRow>
http::Response page_by_id(const pg::Rows<Row>& rows, Id limit, WriteRow write_row) {
  http::Response response;
  json::Object body{response.body};
  Number last = 0;
  {
    json::Array data = body.array("data");
    for (int i = 0; i < std::min(rows.size(), limit); ++i) {
      const Row row = rows[i];
      json::Object out = data.object();
      write_row(out, row);
      last = row.id;
    }
  }
  const bool has_next = rows.size() > limit;
  {
    json::Object pagination = body.object("pagination");
    pagination.add("limit", limit).add("total", rows.empty() ? 0 : rows[0].total).add("hasNext", has_next);
    pagination.add("nextCursor", has_next ? std::optional(std::to_string(last)) : std::nullopt);
  }
  body.close();
  return response;
}

}  // namespace

Task<Result<http::Response>> policy(pg::Database& database, Id tenant, int retention_days) {
  const auto rows = co_await database.read(find_policy_statement, tenant, retention_days);
  const PolicyRow row = rows[0];
  http::Response response;
  json::Object(response.body)
      .add("retentionDays", row.retention_days)
      .add("isOwnRetention", row.is_own)
      .add("brakeRows", row.brake_rows)
      .add("brakePercent", row.brake_percent)
      .add("brakeReleasedUntil", row.brake_released_until);
  co_return response;
}

Task<Result<void>> set_policy(pg::Database& database, const Act& act, const NewPolicy& policy) {
  const NewPolicy::Setting &days = policy.retention_days, &rows = policy.brake_rows, &percent = policy.brake_percent;
  co_await database.write(set_policy_statement, act.tenant, act.actor, act.request_id, days.has_value(),
                          days.value_or(std::nullopt), rows.has_value(), rows.value_or(std::nullopt),
                          percent.has_value(), percent.value_or(std::nullopt), policy.brake_released_minutes);
  co_return Result<void>{};
}

Task<Result<http::Response>> place_hold(pg::Database& database, const Act& act, Text kind, OptionalId item,
                                        Text reason) {
  const auto rows = co_await as_result(
      database.write(place_hold_statement, act.tenant, act.actor, act.request_id, kind, item, reason));
  if (!rows && rows.error().sqlstate == "23503") {
    co_return not_found(fmt::format("There is no {} with ID {}", kind, item.value_or(0)));
  }
  if (!rows && rows.error().sqlstate == "23505") co_return conflict("trash.held", "It is held already");
  if (!rows) co_return std::unexpected(to_problem(rows.error()));
  const PlacedHold placed = (*rows)[0];
  http::Response response{.status = 201};
  json::Object(response.body)
      .add("id", placed.id)
      .add("kind", kind)
      .add("itemId", item)
      .add("reason", reason)
      .add("placedBy", act.actor)
      .add("placedAt", placed.placed_at);
  co_return response;
}

Task<Result<void>> release_hold(pg::Database& database, const Act& act, Number hold) {
  const auto rows = co_await database.write(release_hold_statement, act.tenant, act.actor, act.request_id, hold);
  if (rows.empty()) co_return not_found(fmt::format("Legal hold with ID {} not found", hold));
  co_return Result<void>{};
}

Task<Result<http::Response>> list_holds(pg::Database& database, Id tenant, bool with_released, Id limit,
                                        std::optional<Number> after) {
  const auto rows = co_await database.search(list_holds_statement, tenant, with_released, limit + 1, after);
  co_return page_by_id(rows, limit, [](json::Object& out, const Hold& hold) {
    out.add("id", hold.id)
        .add("kind", hold.kind)
        .add("itemId", hold.item_id)
        .add("reason", hold.reason)
        .add("placedBy", hold.placed_by)
        .add("placedAt", hold.placed_at)
        .add("releasedBy", hold.released_by)
        .add("releasedAt", hold.released_at);
  });
}

Task<Result<http::Response>> list_certificates(pg::Database& database, Id tenant, Id limit,
                                               std::optional<Number> after) {
  const auto rows = co_await database.search(list_certificates_statement, tenant, limit + 1, after);
  co_return page_by_id(rows, limit, [](json::Object& out, const Certificate& row) {
    out.add("id", row.id)
        .add("purgedBy", row.actor_id)
        .add("reason", row.reason)
        .add("requestId", row.request_id)
        .add("createdAt", row.created_at)
        .add("itemCount", row.item_count)
        .add("contentHash", row.content_hash);
    json::Object kinds = out.object("kinds");
    for (const CertifiedKind& kind : row.kinds) kinds.add(kind.kind, kind.rows);
  });
}

Task<Result<http::Response>> list_purged(pg::Database& database, Id tenant, Number certificate,
                                         const http::Page& page) {
  const auto rows = co_await database.read(list_purged_statement, tenant, certificate, page.limit, page.offset());
  if (rows.empty()) co_return not_found(fmt::format("Nothing on this page of the certificate with ID {}", certificate));
  co_return http::numbered_page(page, rows, rows[0].total, [](json::Object& out, const PurgedItem& item) {
    out.add("kind", item.kind)
        .add("id", item.item_id)
        .add("deletionId", item.deletion_id)
        .add("deletedAt", item.deleted_at)
        .add("contentHash", item.content_hash);
  });
}

}  // namespace pim::trash
