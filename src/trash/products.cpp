#include "trash/products.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "sql/trash.hpp"

namespace pim::trash {
namespace {

struct Restored {
  std::optional<std::int64_t> deletion_id;
  std::int32_t item_count;
  std::vector<MissingValue> missing;
};
BOOST_DESCRIBE_STRUCT(Restored, (), (deletion_id, item_count, missing))

struct Holder {
  std::int32_t id;
  std::string_view name, sku, field, value;
  std::int32_t item_id;
};
BOOST_DESCRIBE_STRUCT(Holder, (), (id, name, sku, field, value, item_id))

using Id = std::int32_t;
using Text = std::string_view;

const pg::Statement<Deleted(Id, Id, Id, bool, std::optional<Text>, Text, std::optional<Id>)> delete_product_statement{
    "delete_product", sql::trash::delete_product};
const pg::Statement<Restored(Id, Id, Id, bool, Text)> restore_product_statement{"restore_product",
                                                                                sql::trash::restore_product};
const pg::Statement<Holder(Id, Id, Id, bool, Text)> refuse_product_restore_statement{
    "refuse_product_restore", sql::trash::refuse_product_restore};
const pg::Statement<DeletedProduct(Id, Id, std::int64_t, std::optional<pg::Timestamp>, std::optional<Id>, Id)>
    list_deleted_products_statement{"list_deleted_products", sql::trash::list_deleted_products};
const pg::Statement<Total(Id)> count_deleted_products_statement{"count_deleted_products",
                                                                sql::trash::count_deleted_products};

std::unexpected<Problem> not_in_trash(Id product) {
  return not_found(fmt::format("Soft-deleted product with ID {} not found", product));
}

// The restore lost each time, and whoever held the SKU or the name was gone before it could be named.
std::unexpected<Problem> contended(const pg::Error& error) {
  const bool sku = error.is_unique_violation_of("Product_userId_sku_live_key");
  auto problem = conflict(
      sku ? "product.sku_taken" : "product.name_taken",
      fmt::format("Cannot restore: products with the same {} come and go at this moment", sku ? "SKU" : "name"));
  problem.error().remedy = "Try again.";
  return problem;
}

// The restore lost: somebody living holds the SKU or the name.
std::unexpected<Problem> restore_conflict(const Holder& holder) {
  const bool sku = holder.field == "sku";
  auto problem = conflict(
      sku ? "product.sku_taken" : "product.name_taken",
      fmt::format("Cannot restore: A product with {} \"{}\" already exists", sku ? "SKU" : "name", holder.value));
  const boost::json::object facts{{"field", holder.field},
                                  {"value", holder.value},
                                  {"product", {{"id", holder.id}, {"name", holder.name}, {"sku", holder.sku}}}};
  return with_choices(std::move(problem), "\"conflict\":" + boost::json::serialize(facts));
}

}  // namespace

Task<Result<Deleted>> delete_product(pg::Database& database, const Act& act, Id product, bool with_variants,
                                     std::optional<Id> version) {
  const auto rows = co_await database.write(delete_product_statement, act.tenant, product, act.actor, with_variants,
                                            std::nullopt, act.request_id, version);
  if (!rows.empty()) co_return rows[0];
  if (version && co_await is_living(database, act.tenant, *find_kind("product"), product)) co_return another_version();
  co_return not_found(fmt::format("Product with ID {} not found or already deleted", product));
}

pg::Outcome<std::optional<Deleted>> delete_product(pg::Blocking& connection, const Act& act, Id product) {
  auto rows = connection.run(delete_product_statement, act.tenant, product, act.actor, true, std::nullopt,
                             act.request_id, std::nullopt);
  if (!rows) return std::unexpected(std::move(rows).error());
  if (rows->empty()) return std::nullopt;
  return (*rows)[0];
}

// The database decides whether it can come back. Where it can't, a second statement says why and writes that to
// the audit; where the reason is gone by then, the restore is tried again.
Task<Result<RestoredOne>> restore_product(pg::Database& database, const Act& act, Id product, bool with_variants,
                                          RestoreHow how) {
  const ItemKind& kind = *find_kind("product");
  if (!how.is_plain()) {
    co_return co_await restore_one(database, act, kind, product, with_variants, std::move(how));
  }
  for (int attempt = 1;; ++attempt) {
    const auto rows = co_await as_result(
        database.write(restore_product_statement, act.tenant, product, act.actor, with_variants, act.request_id));
    if (rows) {
      if (rows->empty()) co_return not_in_trash(product);
      co_return restored(kind, warnings_member((*rows)[0].missing));
    }
    if (rows.error().sqlstate != "23505") co_return std::unexpected(to_problem(rows.error()));

    const auto holders = co_await database.write(refuse_product_restore_statement, act.tenant, product, act.actor,
                                                 with_variants, act.request_id);
    if (!holders.empty()) co_return restore_conflict(holders[0]);
    if (attempt == restore_attempts_max) co_return contended(rows.error());
    co_await database.pause_before_retry(attempt);
  }
}

Task<Result<pg::Rows<DeletedProduct>>> deleted_products(pg::Database& database, Id tenant, DeletedPage page,
                                                        int retention_days) {
  co_return co_await database.read(list_deleted_products_statement, tenant, page.limit, page.offset, page.after_time,
                                   page.after_id, retention_days);
}

Task<Result<std::int64_t>> count_deleted_products(pg::Database& database, Id tenant) {
  const auto rows = co_await database.read(count_deleted_products_statement, tenant);
  co_return rows[0].total;
}

}  // namespace pim::trash
