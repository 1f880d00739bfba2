// The trash of assets and of their groups: each act is one statement, and either happens whole or not at all. What is
// in the trash keeps its file, its group and its links.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "async/task.hpp"
#include "base/act.hpp"
#include "http/page.hpp"
#include "json/writer.hpp"
#include "pg/database.hpp"
#include "trash/deletion.hpp"
#include "trash/items.hpp"

namespace pim::trash {

// 404 where there is no such living asset.
Task<Result<Deleted>> delete_asset(pg::Database& database, const Act& act, std::int32_t asset);
// Brings it back, and with `with_groups` the trashed groups that it lies in. 404 where it is not in the trash; 409,
// naming the asset that has its name in the group now, unless `how` says what happens then. Members of an answer: what
// is still in the trash, so that it is at the root until that comes back too.
Task<Result<RestoredOne>> restore_asset(pg::Database& database, const Act& act, std::int32_t asset, bool with_groups,
                                        RestoreHow how = {});

// With the living groups below it. Its assets stay, and are at the root meanwhile.
Task<Result<Deleted>> delete_asset_group(pg::Database& database, const Act& act, std::int32_t group);
// With those that its own deletion took along; `with_groups`: with the trashed ones above it too.
Task<Result<RestoredOne>> restore_asset_group(pg::Database& database, const Act& act, std::int32_t group,
                                              bool with_groups, RestoreHow how = {});

struct GroupOfDeleted {
  std::int32_t id;
  std::string_view group_name;
  bool is_deleted;
  std::optional<std::int32_t> parent_group_id;
  pg::Timestamp created_date, created_at, updated_at;
};
BOOST_DESCRIBE_STRUCT(GroupOfDeleted, (),
                      (id, group_name, is_deleted, parent_group_id, created_date, created_at, updated_at))

struct DeletedAsset {
  std::int64_t total;  // in the trash in all
  std::int32_t id;
  std::string_view name, file_name, file_path;
  std::optional<std::string_view> thumbnail_path;
  std::string_view mime_type;
  pg::Timestamp upload_date;
  std::int64_t size;
  std::int32_t user_id;
  std::optional<std::int32_t> asset_group_id;
  pg::Timestamp created_at, updated_at;
  std::optional<std::string_view> content_hash;
  std::int32_t version;
  std::optional<pg::Timestamp> deleted_at;
  std::optional<std::int64_t> deletion_id;
  std::optional<std::int32_t> deleted_by;
  std::optional<pg::Timestamp> purge_at;
  std::optional<GroupOfDeleted> asset_group;
};
BOOST_DESCRIBE_STRUCT(DeletedAsset, (),
                      (total, id, name, file_name, file_path, thumbnail_path, mime_type, upload_date, size, user_id,
                       asset_group_id, created_at, updated_at, content_hash, version, deleted_at, deletion_id,
                       deleted_by, purge_at, asset_group))

struct DeletedAssetGroup {
  std::int64_t total;
  std::int32_t id;
  std::string_view group_name;
  std::optional<std::int32_t> parent_group_id;
  pg::Timestamp created_date, created_at, updated_at;
  std::int32_t user_id, asset_count;
  std::optional<pg::Timestamp> deleted_at;
  std::optional<std::int64_t> deletion_id;
  std::optional<std::int32_t> deleted_by;
  std::optional<pg::Timestamp> purge_at;
};
BOOST_DESCRIBE_STRUCT(DeletedAssetGroup, (),
                      (total, id, group_name, parent_group_id, created_date, created_at, updated_at, user_id,
                       asset_count, deleted_at, deletion_id, deleted_by, purge_at))

// A page of the trash, newest first, one row more than it shows where there is another page. `total` of the first row
// is that of all; of an empty page, that of `total`.
template <class Row>
struct DeletedRows {
  pg::Rows<Row> rows;
  std::int64_t total;
};
// {"data":[…],"pagination":{…}}
template <class Row, class WriteRow>
http::Response answer_with_deleted(const http::Page& page, const DeletedRows<Row>& found, WriteRow write_row) {
  http::Response response;
  json::Object body{response.body};
  std::optional<http::Cursor> next;
  {
    json::Array data = body.array("data");
    for (int i = 0; i < std::min(found.rows.size(), page.limit); ++i) {
      const Row row = found.rows[i];
      json::Object item = data.object();
      write_row(item, row);
      if (row.deleted_at) next = http::Cursor{row.deleted_at->time_since_epoch().count(), row.id};
    }
  }
  if (found.rows.size() <= page.limit) next.reset();
  body.add_raw("pagination", http::pagination_json(page, found.total, next, true));
  body.close();
  return response;
}
Task<Result<DeletedRows<DeletedAsset>>> deleted_assets(pg::Database& database, std::int32_t tenant, http::Page page,
                                                       int retention_days);
Task<Result<DeletedRows<DeletedAssetGroup>>> deleted_asset_groups(pg::Database& database, std::int32_t tenant,
                                                                  http::Page page, int retention_days);

}  // namespace pim::trash
