// The trash of products: each act is one statement, and either happens whole or not at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/task.hpp"
#include "base/act.hpp"
#include "pg/blocking.hpp"
#include "pg/database.hpp"
#include "trash/deletion.hpp"
#include "trash/items.hpp"

namespace pim::trash {

// Moves a living product to the trash; with `with_variants` its living variants in the same deletion, else they
// stand alone until it comes back. 404 where there is no such living product.
// With `version` only that very version: 412 for another.
Task<Result<Deleted>> delete_product(pg::Database& database, const Act& act, std::int32_t product, bool with_variants,
                                     std::optional<std::int32_t> version = {});

// The same from the command line, with the variants; nullopt where there is no such living product.
pg::Outcome<std::optional<Deleted>> delete_product(pg::Blocking& connection, const Act& act, std::int32_t product);

// Brings a trashed product back, and with `with_variants` those that its own deletion took along. 404 where it is
// not in the trash; 409, naming the product that holds the SKU or name, where one was taken meanwhile.
// `how`: what happens then instead, and with what it needs. Members of an answer; of a plain restore only the warnings.
Task<Result<RestoredOne>> restore_product(pg::Database& database, const Act& act, std::int32_t product,
                                          bool with_variants, RestoreHow how = {});

// A product in the trash, as its columns are.
struct DeletedProduct {
  std::int64_t total;  // in the trash in all
  std::int32_t id;
  std::string_view name, sku;
  std::optional<std::string_view> product_link, image_url;
  std::vector<std::string_view> sub_images;
  std::optional<std::string_view> thumbnail_url;
  std::vector<std::string_view> thumbnail_sub_images;
  std::string_view status;
  std::optional<std::int32_t> category_id, attribute_group_id, family_id, parent_product_id;
  std::int32_t user_id;
  pg::Timestamp created_at, updated_at;
  std::optional<pg::Timestamp> deleted_at;
  bool is_deleted;
  std::optional<std::int64_t> deletion_id;
  std::optional<std::int32_t> deleted_by;
  std::optional<pg::Timestamp> purge_at;
};
BOOST_DESCRIBE_STRUCT(DeletedProduct, (),
                      (total, id, name, sku, product_link, image_url, sub_images, thumbnail_url, thumbnail_sub_images,
                       status, category_id, attribute_group_id, family_id, parent_product_id, user_id, created_at,
                       updated_at, deleted_at, is_deleted, deletion_id, deleted_by, purge_at))

struct Total {
  std::int64_t total;
};
BOOST_DESCRIBE_STRUCT(Total, (), (total))

// A page: `limit` rows after the first `offset`, or after the row that `after` names.
struct DeletedPage {
  std::int32_t limit;
  std::int64_t offset;
  std::optional<pg::Timestamp> after_time;
  std::optional<std::int32_t> after_id;
};
Task<Result<pg::Rows<DeletedProduct>>> deleted_products(pg::Database& database, std::int32_t tenant, DeletedPage page,
                                                        int retention_days);
Task<Result<std::int64_t>> count_deleted_products(pg::Database& database, std::int32_t tenant);

}  // namespace pim::trash
