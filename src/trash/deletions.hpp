// Acts of deleting: what each removed, and what is left of it in the trash.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "async/task.hpp"
#include "http/response.hpp"
#include "pg/database.hpp"
#include "trash/items.hpp"

namespace pim::trash {

struct DeletionRow {
  std::int64_t total;  // in the list
  std::int64_t id;
  std::string_view kind;
  std::optional<std::int32_t> root_id;
  std::optional<std::string_view> root_name;
  std::int32_t item_count;
  std::int64_t left, purged;
  std::optional<std::int32_t> actor_id;
  std::optional<std::string_view> actor_name, reason, request_id;
  pg::Timestamp created_at;
  std::optional<pg::Timestamp> purge_after;
  std::string_view state;
  std::optional<std::string_view> trouble;  // what kept a batch of very many from going
  std::optional<pg::Timestamp> purge_at;
};
BOOST_DESCRIBE_STRUCT(DeletionRow, (),
                      (total, id, kind, root_id, root_name, item_count, left, purged, actor_id, actor_name, reason,
                       request_id, created_at, purge_after, state, trouble, purge_at))

struct DeletionsQuery {
  Kinds kinds;
  std::int32_t limit;
  std::optional<std::int64_t> after{};
  std::optional<std::int32_t> deleted_by{};
  bool only_left = false;
};

// {"data":[…],"pagination":{…}}, the last act first.
Task<Result<http::Response>> list_deletions(pg::Database& database, std::int32_t tenant, const DeletionsQuery& query,
                                            int retention_days);

// 404 where there is none of these kinds.
Task<Result<pg::Rows<DeletionRow>>> find_deletion(pg::Database& database, std::int32_t tenant, const Kinds& kinds,
                                                  std::int64_t id, int retention_days);

// As a member of an answer.
std::string deletion_json(const DeletionRow& row);

// Keeps what it removed until then; nullopt: as long as everything. 404 where there is none of these kinds.
Task<Result<void>> keep_deletion(pg::Database& database, const Act& act, const Kinds& kinds, std::int64_t id,
                                 std::optional<pg::Timestamp> until);

}  // namespace pim::trash
