#include "trash/bulk_delete.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <limits>

#include "base/text.hpp"
#include "http/fields.hpp"
#include "json/writer.hpp"
#include "sql/trash.hpp"
#include "trash/preview_token.hpp"

namespace pim::trash {
namespace {

using Id = std::int32_t;
using Text = std::string_view;
using OptionalText = std::optional<Text>;
using OptionalIds = std::optional<std::vector<Id>>;

struct LivingId {
  Id id;
};
BOOST_DESCRIBE_STRUCT(LivingId, (), (id))

// tenant, kind; ids, name like, type, group
const pg::Statement<LivingId(Id, Text, OptionalIds, OptionalText, OptionalText, std::optional<Id>)> choose_statement{
    "choose_living", sql::trash::choose_living, pg::Plan::fresh};
// The same; then how many may be chosen, how many rows go at once, actor, reason, request id.
const pg::Statement<DeletedMany(Id, Text, OptionalIds, OptionalText, OptionalText, std::optional<Id>, Id, Id, Id,
                                OptionalText, Text)>
    delete_statement{"delete_items", sql::trash::delete_items, pg::Plan::fresh};

std::string subject_of(const BulkDelete& bulk) { return boost::json::serialize(bulk.selection); }

Task<Result<std::vector<Id>>> ids_of(pg::Database& database, Id tenant, const ItemKind& kind, const Living& living) {
  const auto rows = co_await database.search(choose_statement, tenant, kind.name, living.ids, view_of(living.like),
                                             view_of(living.type), living.group);
  std::vector<Id> ids;
  ids.reserve(static_cast<std::size_t>(rows.size()));
  for (int i = 0; i < rows.size(); ++i) ids.push_back(rows[i].id);
  co_return ids;
}

}  // namespace

Result<BulkDelete> read_bulk_delete(const http::Request& request, const boost::json::value& body, const ItemKind& kind,
                                    bool along) {
  const auto is_dry = http::flag_parameter(request, "dryRun", false);
  if (!is_dry) return std::unexpected(is_dry.error());
  BulkDelete bulk{.selection = body, .is_dry = *is_dry, .along = along, .as_before = request.caller.trash_is_off};
  bulk.act = fmt::format("POST /{}/bulk-delete{}", kind.resource, along ? " along" : "");
  if (!body.is_object()) return bulk;
  boost::json::object& fields = bulk.selection.get_object();
  if (const auto* token = fields.if_contains("previewToken")) {
    if (!token->is_string() && !token->is_null()) return invalid({"previewToken must be a string"});
    if (token->is_string()) bulk.token = token->get_string();
    fields.erase("previewToken");
  }
  return bulk;
}

Task<Result<http::Response>> preview_bulk_delete(pg::Database& database, const Previewing& previewing,
                                                 const BulkDelete& bulk, const ItemKind& kind,
                                                 const std::vector<std::int32_t>& ids, bool named_one_by_one) {
  const auto preview =
      co_await preview_delete_of(database, previewing.tenant, kind, ids, bulk.along, previewing.retention_days);
  const auto rows = std::ssize(ids);
  std::optional<std::string> token;
  if (!named_one_by_one && rows > rows_without_preview_max) {
    token = preview_token(previewing.secret, {previewing.tenant, bulk.act, subject_of(bulk), rows},
                          std::chrono::system_clock::now());
  }
  http::Response response;
  json::Object(response.body).add_members(preview.facts).add("previewToken", token);
  co_return response;
}

std::int32_t rows_at_once_max_of(const BulkDelete& bulk) {
  return bulk.as_before ? std::numeric_limits<Id>::max() : rows_at_once_max;
}

Result<void> check_previewed(const Previewing& previewing, const BulkDelete& bulk, std::int64_t rows) {
  if (bulk.as_before) return {};
  return check_preview_token(previewing.secret, {previewing.tenant, bulk.act, subject_of(bulk), rows}, bulk.token,
                             std::chrono::system_clock::now());
}

Result<std::int32_t> rows_to_delete_max(const Previewing& previewing, const BulkDelete& bulk, bool named_one_by_one) {
  if (bulk.as_before) return std::numeric_limits<Id>::max();
  auto rows = rows_without_preview_max;
  if (!named_one_by_one) rows = std::max(rows, rows_of_preview(bulk.token));
  if (auto checked = check_previewed(previewing, bulk, rows); !checked) return std::unexpected(checked.error());
  return static_cast<Id>(std::min<std::int64_t>(rows, std::numeric_limits<Id>::max()));
}

http::Response answer_to_bulk_delete(const ItemKind& kind, const DeletedMany& deleted) {
  http::Response response;
  json::Object body{response.body};
  if (deleted.is_running) {
    response.status = 202;
    body.add("message", fmt::format("Deleting {} {} and what goes along", deleted.chosen, kind.many))
        .add("chosenCount", deleted.chosen)
        .add("state", "running")
        .add("deletionId", deleted.deletion_id)
        .add("deletedAt", deleted.deleted_at)
        .add("follow", fmt::format("GET /trash/deletions/{}", *deleted.deletion_id));
  } else {
    const Text counted = deleted.item_count == 1 ? kind.one : kind.many;
    body.add("message", fmt::format("Deleted {} {}", deleted.item_count, counted))
        .add("deletedCount", deleted.item_count)
        .add("deletionId", deleted.deletion_id)
        .add("deletedAt", deleted.deleted_at)
        .add("ids", deleted.ids);
  }
  body.close();
  return response;
}

Task<Result<http::Response>> bulk_delete(pg::Database& database, const Act& act, const Previewing& previewing,
                                         const BulkDelete& bulk, const ItemKind& kind, const Living& living) {
  const bool is_named = living.ids.has_value();
  if (bulk.is_dry) {
    const auto ids = co_await ids_of(database, act.tenant, kind, living);
    co_return co_await preview_bulk_delete(database, previewing, bulk, kind, ids, is_named);
  }
  const Id rows_max = co_await rows_to_delete_max(previewing, bulk, is_named);
  const auto rows = co_await database.write_patiently(
      delete_statement, act.tenant, kind.name, living.ids, view_of(living.like), view_of(living.type), living.group,
      rows_max, rows_at_once_max_of(bulk), act.actor, std::nullopt, act.request_id);
  const DeletedMany deleted = rows[0];
  if (deleted.chosen > rows_max) co_await check_previewed(previewing, bulk, deleted.chosen);
  co_return answer_to_bulk_delete(kind, deleted);
}

}  // namespace pim::trash
