#include "trash/assets.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "json/writer.hpp"
#include "sql/trash.hpp"
#include "trash/kinds.hpp"

namespace pim::trash {
namespace {

struct RestoredAsset {
  std::optional<std::int64_t> deletion_id;
  std::int32_t item_count;
  std::optional<std::int32_t> trashed_group_id;
  std::optional<std::string_view> trashed_group_name;
};
BOOST_DESCRIBE_STRUCT(RestoredAsset, (), (deletion_id, item_count, trashed_group_id, trashed_group_name))

struct AssetNameHolder {
  std::int32_t id;
  std::string_view name;
  std::int32_t item_id;
};
BOOST_DESCRIBE_STRUCT(AssetNameHolder, (), (id, name, item_id))

using Id = std::int32_t;
using Text = std::string_view;
using OptionalText = std::optional<std::string_view>;
using OptionalTime = std::optional<pg::Timestamp>;

// tenant, id, actor, reason, request id
using DeleteAssetStatement = pg::Statement<Deleted(Id, Id, Id, OptionalText, Text)>;
// tenant, id, actor, request id, with the groups above
using RestoreAssetStatement = pg::Statement<RestoredAsset(Id, Id, Id, Text, bool)>;

const DeleteAssetStatement delete_asset_statement{"delete_asset", sql::trash::delete_asset};
const DeleteAssetStatement delete_group_statement{"delete_asset_group", sql::trash::delete_asset_group};
const RestoreAssetStatement restore_asset_statement{"restore_asset", sql::trash::restore_asset};
const RestoreAssetStatement restore_group_statement{"restore_asset_group", sql::trash::restore_asset_group};
const pg::Statement<AssetNameHolder(Id, Id, Id, Text)> refuse_asset_restore{"refuse_asset_restore",
                                                                            sql::trash::refuse_asset_restore};
const pg::Statement<AssetNameHolder(Id, Id, Id, Text, bool)> refuse_group_restore{
    "refuse_asset_group_restore", sql::trash::refuse_asset_group_restore};
// tenant, limit, offset, after time and id, retention in days
const pg::Statement<DeletedAsset(Id, Id, std::int64_t, OptionalTime, std::optional<Id>, Id)> list_deleted_assets{
    "list_deleted_assets", sql::trash::list_deleted_assets};
const pg::Statement<DeletedAssetGroup(Id, Id, std::int64_t, OptionalTime, std::optional<Id>, Id)>
    list_deleted_asset_groups{"list_deleted_asset_groups", sql::trash::list_deleted_asset_groups};

std::unexpected<Problem> asset_not_in_trash() { return not_found("Soft-deleted asset not found"); }
std::unexpected<Problem> group_not_in_trash() { return not_found("Soft-deleted asset group not found"); }

std::unexpected<Problem> name_taken(std::string_view thing, std::string_view code, const AssetNameHolder& holder) {
  auto problem =
      conflict(fmt::format("{}.name_taken", code),
               fmt::format("Cannot restore: An {} with name \"{}\" already exists in this folder", thing, holder.name));
  const boost::json::object facts{{"field", "name"},
                                  {"value", holder.name},
                                  {"holder", {{"id", holder.id}, {"name", holder.name}}},
                                  {"itemId", holder.item_id}};
  return with_choices(std::move(problem), "\"conflict\":" + boost::json::serialize(facts));
}

std::unexpected<Problem> contended(std::string_view code) {
  auto problem = conflict(fmt::format("{}.name_taken", code),
                          "Cannot restore: others with the same name come and go at this moment");
  problem.error().remedy = "Try again.";
  return problem;
}

std::string still_in_trash(const RestoredAsset& restored) {
  if (!restored.trashed_group_id) return {};
  std::string object;
  json::Object(object)
      .add("kind", "assetGroup")
      .add("id", *restored.trashed_group_id)
      .add("name", restored.trashed_group_name)
      .add("restore", fmt::format("POST /asset-groups/{}/restore", *restored.trashed_group_id));
  return "\"stillInTrash\":" + object;
}

template <class Row, class ListStatement>
Task<Result<DeletedRows<Row>>> page_of(pg::Database& database, const ListStatement& list, Id tenant, http::Page page,
                                       int retention_days) {
  OptionalTime after_time;
  std::optional<Id> after_id;
  if (page.after) {
    after_time = pg::Timestamp{std::chrono::microseconds{page.after->microseconds}};
    after_id = page.after->id;
  }
  auto rows = co_await database.read(list, tenant, page.limit + 1, page.offset(), after_time, after_id, retention_days);
  std::int64_t total = rows.empty() ? 0 : rows[0].total;
  if (rows.empty() && (page.number > 1 || page.after)) {  // a page behind the end says nothing of the others
    const auto first = co_await database.read(list, tenant, 1, 0, std::nullopt, std::nullopt, retention_days);
    total = first.empty() ? 0 : first[0].total;
  }
  co_return DeletedRows<Row>{std::move(rows), total};
}

}  // namespace

Task<Result<Deleted>> delete_asset(pg::Database& database, const Act& act, Id asset) {
  const auto rows =
      co_await database.write(delete_asset_statement, act.tenant, asset, act.actor, std::nullopt, act.request_id);
  if (rows.empty()) co_return not_found("Asset not found");
  co_return rows[0];
}

Task<Result<Deleted>> delete_asset_group(pg::Database& database, const Act& act, Id group) {
  const auto rows =
      co_await database.write(delete_group_statement, act.tenant, group, act.actor, std::nullopt, act.request_id);
  if (rows.empty()) co_return not_found("Asset group not found");
  co_return rows[0];
}

// The database decides whether it can come back. Where it can't, a second statement says why and writes that to the
// audit; where the reason is gone by then, the restore is tried again.
Task<Result<RestoredOne>> restore_asset(pg::Database& database, const Act& act, Id asset, bool with_groups,
                                        RestoreHow how) {
  const ItemKind& kind = *find_kind("asset");
  if (!how.is_plain()) {
    how.with_dependencies |= with_groups;
    co_return co_await restore_one(database, act, kind, asset, true, std::move(how));
  }
  for (int attempt = 1;; ++attempt) {
    const auto rows = co_await as_result(
        database.write(restore_asset_statement, act.tenant, asset, act.actor, act.request_id, with_groups));
    if (rows) {
      if (rows->empty()) co_return asset_not_in_trash();
      co_return restored(kind, still_in_trash((*rows)[0]));
    }
    if (rows.error().sqlstate != "23505") co_return std::unexpected(to_problem(rows.error()));
    const auto holders = co_await database.write(refuse_asset_restore, act.tenant, asset, act.actor, act.request_id);
    if (!holders.empty()) co_return name_taken("asset", "asset", holders[0]);
    if (attempt == restore_attempts_max) co_return contended("asset");
    co_await database.pause_before_retry(attempt);
  }
}

Task<Result<RestoredOne>> restore_asset_group(pg::Database& database, const Act& act, Id group, bool with_groups,
                                              RestoreHow how) {
  const ItemKind& kind = *find_kind("assetGroup");
  if (!how.is_plain()) {
    how.with_dependencies |= with_groups;
    co_return co_await restore_one(database, act, kind, group, true, std::move(how));
  }
  for (int attempt = 1;; ++attempt) {
    const auto rows = co_await as_result(
        database.write(restore_group_statement, act.tenant, group, act.actor, act.request_id, with_groups));
    if (rows) {
      if (rows->empty()) co_return group_not_in_trash();
      co_return restored(kind, still_in_trash((*rows)[0]));
    }
    if (rows.error().sqlstate != "23505") co_return std::unexpected(to_problem(rows.error()));
    const auto holders =
        co_await database.write(refuse_group_restore, act.tenant, group, act.actor, act.request_id, with_groups);
    if (!holders.empty()) co_return name_taken("asset group", "asset_group", holders[0]);
    if (attempt == restore_attempts_max) co_return contended("asset_group");
    co_await database.pause_before_retry(attempt);
  }
}

Task<Result<DeletedRows<DeletedAsset>>> deleted_assets(pg::Database& database, Id tenant, http::Page page,
                                                       int retention_days) {
  return page_of<DeletedAsset>(database, list_deleted_assets, tenant, page, retention_days);
}

Task<Result<DeletedRows<DeletedAssetGroup>>> deleted_asset_groups(pg::Database& database, Id tenant, http::Page page,
                                                                  int retention_days) {
  return page_of<DeletedAssetGroup>(database, list_deleted_asset_groups, tenant, page, retention_days);
}

}  // namespace pim::trash
