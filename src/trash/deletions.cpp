#include "trash/deletions.hpp"

#include <fmt/format.h>

#include "json/writer.hpp"
#include "sql/trash.hpp"

namespace pim::trash {
namespace {

using Id = std::int32_t;
using Text = std::string_view;

struct Kept {
  std::int64_t id;
};
BOOST_DESCRIBE_STRUCT(Kept, (), (id))

// tenant, kinds, retention in days, limit, after, deleted by, only those with something left
const pg::Statement<DeletionRow(Id, Kinds, Id, Id, std::optional<std::int64_t>, std::optional<Id>, bool)>
    list_deletions_statement{"list_deletions", sql::trash::list_deletions, pg::Plan::fresh};
// tenant, kinds, retention in days, deletion
const pg::Statement<DeletionRow(Id, Kinds, Id, std::int64_t)> find_deletion_statement{"find_deletion",
                                                                                      sql::trash::find_deletion};
// tenant, deletion, actor, request id, until, kinds
const pg::Statement<Kept(Id, std::int64_t, Id, Text, std::optional<pg::Timestamp>, Kinds)> keep_statement{
    "set_purge_day", sql::trash::set_purge_day};

void write(json::Object& out, const DeletionRow& row) {
  const bool is_running = row.state == "running";  // then the rest is not restored, but not deleted yet
  out.add("id", row.id)
      .add("kind", row.kind)
      .add("rootId", row.root_id)
      .add("rootName", row.root_name)
      .add("itemCount", row.item_count)
      .add("left", row.left)
      .add("restored", is_running ? 0 : std::max<std::int64_t>(0, row.item_count - row.left - row.purged))
      .add("purged", row.purged)
      .add("deletedBy", row.actor_id)
      .add("deletedByName", row.actor_name)
      .add("reason", row.reason)
      .add("requestId", row.request_id)
      .add("createdAt", row.created_at)
      .add("purgeAt", row.purge_at)
      .add("keptUntil", row.purge_after)
      .add("state", row.state)
      .add("trouble", row.trouble)
      .add("undo",
           row.left > 0 ? std::optional(fmt::format("POST /trash/deletions/{}/restore", row.id)) : std::nullopt);
}

}  // namespace

std::string deletion_json(const DeletionRow& row) {
  std::string text;
  json::Object out{text};
  write(out, row);
  out.close();
  return text;
}

Task<Result<http::Response>> list_deletions(pg::Database& database, Id tenant, const DeletionsQuery& query,
                                            int retention_days) {
  const auto rows = co_await database.search(list_deletions_statement, tenant, query.kinds, retention_days,
                                             query.limit + 1, query.after, query.deleted_by, query.only_left);
  std::int64_t total = rows.empty() ? 0 : rows[0].total;
  if (rows.empty() && query.after) {  // behind the end: it says nothing of the others
    const auto first = co_await database.search(list_deletions_statement, tenant, query.kinds, retention_days, 1,
                                                std::nullopt, query.deleted_by, query.only_left);
    total = first.empty() ? 0 : first[0].total;
  }
  http::Response response;
  json::Object body{response.body};
  std::int64_t last = 0;
  {
    json::Array data = body.array("data");
    for (int i = 0; i < std::min(rows.size(), query.limit); ++i) {
      const DeletionRow row = rows[i];
      json::Object out = data.object();
      write(out, row);
      last = row.id;
    }
  }
  const bool has_next = rows.size() > query.limit;
  {
    json::Object pagination = body.object("pagination");
    pagination.add("limit", query.limit).add("total", total).add("hasNext", has_next);
    pagination.add("nextCursor", has_next ? std::optional(std::to_string(last)) : std::nullopt);
  }
  body.close();
  co_return response;
}

Task<Result<pg::Rows<DeletionRow>>> find_deletion(pg::Database& database, Id tenant, const Kinds& kinds,
                                                  std::int64_t id, int retention_days) {
  auto rows = co_await database.read(find_deletion_statement, tenant, kinds, retention_days, id);
  if (rows.empty()) co_return not_found(fmt::format("Deletion with ID {} not found", id));
  co_return rows;
}

Task<Result<void>> keep_deletion(pg::Database& database, const Act& act, const Kinds& kinds, std::int64_t id,
                                 std::optional<pg::Timestamp> until) {
  const auto rows = co_await database.write(keep_statement, act.tenant, id, act.actor, act.request_id, until, kinds);
  if (rows.empty()) co_return not_found(fmt::format("Deletion with ID {} not found", id));
  co_return Result<void>{};
}

}  // namespace pim::trash
