#include "trash/named.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "json/writer.hpp"
#include "sql/trash.hpp"

namespace pim::trash {
namespace {

struct RestoredNamed {
  std::optional<std::int64_t> deletion_id;
  std::int32_t item_count;
};
BOOST_DESCRIBE_STRUCT(RestoredNamed, (), (deletion_id, item_count))

struct NameHolder {
  std::int32_t id;
  std::string_view name;
  std::int32_t item_id;
};
BOOST_DESCRIBE_STRUCT(NameHolder, (), (id, name, item_id))

struct DeletedNamed {
  std::int64_t total;  // in the trash in all
  std::int32_t id;
  std::string_view name;
  std::optional<std::string_view> type, description;  // an attribute's type; a group's or category's description
  std::optional<std::int32_t> parent_category_id;
  std::int32_t user_id;
  pg::Timestamp created_at, updated_at;
  std::optional<pg::Timestamp> deleted_at;
  std::optional<std::int64_t> deletion_id;
  std::optional<std::int32_t> deleted_by;
  std::optional<pg::Timestamp> purge_at;
};
BOOST_DESCRIBE_STRUCT(DeletedNamed, (),
                      (total, id, name, type, description, parent_category_id, user_id, created_at, updated_at,
                       deleted_at, deletion_id, deleted_by, purge_at))

using Id = std::int32_t;
using Text = std::string_view;
using OptionalText = std::optional<std::string_view>;
using OptionalTime = std::optional<pg::Timestamp>;

// tenant, id, actor, reason, request id; of a category: with its subtree
using DeleteStatement = pg::Statement<Deleted(Id, Id, Id, OptionalText, Text)>;
using DeleteTreeStatement = pg::Statement<Deleted(Id, Id, Id, OptionalText, Text, bool)>;
// tenant, id, actor, request id; of a category: with what its deletion took along
using RestoreStatement = pg::Statement<RestoredNamed(Id, Id, Id, Text)>;
using RestoreTreeStatement = pg::Statement<RestoredNamed(Id, Id, Id, Text, bool)>;
using RefuseStatement = pg::Statement<NameHolder(Id, Id, Id, Text)>;
using RefuseTreeStatement = pg::Statement<NameHolder(Id, Id, Id, Text, bool)>;
// tenant, limit, offset, after time and id, retention in days
using ListStatement = pg::Statement<DeletedNamed(Id, Id, std::int64_t, OptionalTime, std::optional<Id>, Id)>;

const DeleteStatement delete_attribute{"delete_attribute", sql::trash::delete_attribute};
const DeleteStatement delete_attribute_group{"delete_attribute_group", sql::trash::delete_attribute_group};
const DeleteStatement delete_family{"delete_family", sql::trash::delete_family};
const DeleteTreeStatement delete_category{"delete_category", sql::trash::delete_category};

const RestoreStatement restore_attribute{"restore_attribute", sql::trash::restore_attribute};
const RestoreStatement restore_attribute_group{"restore_attribute_group", sql::trash::restore_attribute_group};
const RestoreStatement restore_family{"restore_family", sql::trash::restore_family};
const RestoreTreeStatement restore_category{"restore_category", sql::trash::restore_category};

const RefuseStatement refuse_attribute_restore{"refuse_attribute_restore", sql::trash::refuse_attribute_restore};
const RefuseStatement refuse_attribute_group_restore{"refuse_attribute_group_restore",
                                                     sql::trash::refuse_attribute_group_restore};
const RefuseStatement refuse_family_restore{"refuse_family_restore", sql::trash::refuse_family_restore};
const RefuseTreeStatement refuse_category_restore{"refuse_category_restore", sql::trash::refuse_category_restore};

const ListStatement list_deleted_attributes{"list_deleted_attributes", sql::trash::list_deleted_attributes};
const ListStatement list_deleted_attribute_groups{"list_deleted_attribute_groups",
                                                  sql::trash::list_deleted_attribute_groups};
const ListStatement list_deleted_families{"list_deleted_families", sql::trash::list_deleted_families};
const ListStatement list_deleted_categories{"list_deleted_categories", sql::trash::list_deleted_categories};

// What a kind is called, and its statements. Of a category those that know of a tree are used instead of the null ones.
struct Things {
  std::string_view code;      // of problems: "attribute_group.name_taken"
  std::string_view name;      // "Attribute group"
  std::string_view lower;     // "attribute group"
  std::string_view article;   // "An attribute group"
  std::string_view name_key;  // the index that keeps living names apart
  const DeleteStatement* remove;
  const RestoreStatement* restore;
  const RefuseStatement* refuse;
  const ListStatement* list;
};

const Things& things_of(Kind kind) {
  static const Things attributes{"attribute",
                                 "Attribute",
                                 "attribute",
                                 "An attribute",
                                 "Attribute_userId_name_live_key",
                                 &delete_attribute,
                                 &restore_attribute,
                                 &refuse_attribute_restore,
                                 &list_deleted_attributes};
  static const Things groups{"attribute_group",
                             "Attribute group",
                             "attribute group",
                             "An attribute group",
                             "AttributeGroup_userId_name_live_key",
                             &delete_attribute_group,
                             &restore_attribute_group,
                             &refuse_attribute_group_restore,
                             &list_deleted_attribute_groups};
  static const Things families{"family",
                               "Family",
                               "family",
                               "A family",
                               "Family_userId_name_live_key",
                               &delete_family,
                               &restore_family,
                               &refuse_family_restore,
                               &list_deleted_families};
  static const Things categories{"category",
                                 "Category",
                                 "category",
                                 "A category",
                                 "Category_userId_parent_name_live_key",
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 &list_deleted_categories};
  switch (kind) {
    case Kind::attribute:
      return attributes;
    case Kind::attribute_group:
      return groups;
    case Kind::family:
      return families;
    case Kind::category:
      break;
  }
  return categories;
}

const ItemKind& item_kind_of(Kind kind) {
  switch (kind) {
    case Kind::attribute:
      return *find_kind("attribute");
    case Kind::attribute_group:
      return *find_kind("attributeGroup");
    case Kind::family:
      return *find_kind("family");
    case Kind::category:
      break;
  }
  return *find_kind("category");
}

std::unexpected<Problem> not_in_trash(const Things& things, Id id) {
  return not_found(fmt::format("Soft-deleted {} with ID {} not found", things.lower, id));
}

Task<std::expected<pg::Rows<Deleted>, pg::Error>> remove(pg::Database& database, const Act& act, Kind kind, Id id,
                                                         bool with_subtree) {
  if (kind == Kind::category) {
    co_return co_await as_result(database.write_patiently(delete_category, act.tenant, id, act.actor, std::nullopt,
                                                          act.request_id, with_subtree));
  }
  co_return co_await as_result(
      database.write_patiently(*things_of(kind).remove, act.tenant, id, act.actor, std::nullopt, act.request_id));
}

Task<std::expected<pg::Rows<RestoredNamed>, pg::Error>> restore(pg::Database& database, const Act& act, Kind kind,
                                                                Id id, bool with_subtree) {
  if (kind == Kind::category) {
    co_return co_await as_result(
        database.write_patiently(restore_category, act.tenant, id, act.actor, act.request_id, with_subtree));
  }
  co_return co_await as_result(
      database.write_patiently(*things_of(kind).restore, act.tenant, id, act.actor, act.request_id));
}

Task<std::expected<pg::Rows<NameHolder>, pg::Error>> refuse(pg::Database& database, const Act& act, Kind kind, Id id,
                                                            bool with_subtree) {
  if (kind == Kind::category) {
    co_return co_await as_result(
        database.write(refuse_category_restore, act.tenant, id, act.actor, act.request_id, with_subtree));
  }
  co_return co_await as_result(database.write(*things_of(kind).refuse, act.tenant, id, act.actor, act.request_id));
}

Problem problem_of(const pg::Error& error) {
  if (error.sqlstate == "23514" && error.constraint == "Category_no_living_children") {
    Problem problem = conflict("category.has_subcategories",
                               "Cannot delete category that has subcategories. Please delete or move subcategories "
                               "first.")
                          .error();
    problem.remedy = "Or delete it with all that is below it: ?subtree=true";
    return problem;
  }
  return to_problem(error);
}

std::unexpected<Problem> name_taken(const Things& things, const NameHolder& holder) {
  auto problem =
      conflict(fmt::format("{}.name_taken", things.code),
               fmt::format("Cannot restore: {} with name \"{}\" already exists", things.article, holder.name));
  const boost::json::object facts{{"field", "name"},
                                  {"value", holder.name},
                                  {"holder", {{"id", holder.id}, {"name", holder.name}}},
                                  {"itemId", holder.item_id}};
  return with_choices(std::move(problem), "\"conflict\":" + boost::json::serialize(facts));
}

std::unexpected<Problem> contended(const Things& things) {
  auto problem = conflict(fmt::format("{}.name_taken", things.code),
                          "Cannot restore: others with the same name come and go at this moment");
  problem.error().remedy = "Try again.";
  return problem;
}

void write(json::Object& out, const DeletedNamed& row, Kind kind) {
  out.add("id", row.id).add("name", row.name);
  if (kind == Kind::attribute) out.add("type", row.type);
  if (kind == Kind::attribute_group || kind == Kind::category) out.add("description", row.description);
  if (kind == Kind::category) out.add("parentCategoryId", row.parent_category_id);
  out.add("userId", row.user_id)
      .add("createdAt", row.created_at)
      .add("updatedAt", row.updated_at)
      .add("deletedAt", row.deleted_at)
      .add("isDeleted", true)
      .add("deletionId", row.deletion_id)
      .add("deletedBy", row.deleted_by)
      .add("purgeAt", row.purge_at);
}

}  // namespace

Task<Result<Deleted>> delete_named(pg::Database& database, const Act& act, Kind kind, Id id, Subtree subtree) {
  const auto rows = co_await as_result(remove(database, act, kind, id, subtree == Subtree::taken));
  if (!rows) co_return std::unexpected(problem_of(rows.error()));
  if (rows->empty()) {
    co_return not_found(fmt::format("{} with ID {} not found or already deleted", things_of(kind).name, id));
  }
  co_return (*rows)[0];
}

// The database decides whether it can come back. Where it can't, a second statement says why and writes that to the
// audit; where the reason is gone by then, the restore is tried again.
Task<Result<RestoredOne>> restore_named(pg::Database& database, const Act& act, Kind kind, Id id, Subtree subtree,
                                        RestoreHow how) {
  const Things& things = things_of(kind);
  const bool with_subtree = subtree == Subtree::taken;
  if (!how.is_plain()) {
    co_return co_await restore_one(database, act, item_kind_of(kind), id, with_subtree, std::move(how));
  }
  for (int attempt = 1;; ++attempt) {
    const auto rows = co_await as_result(restore(database, act, kind, id, with_subtree));
    if (rows) {
      if (rows->empty()) co_return not_in_trash(things, id);
      co_return restored(item_kind_of(kind));
    }
    if (!rows.error().is_unique_violation_of(things.name_key)) {
      co_return std::unexpected(problem_of(rows.error()));
    }
    const auto holders = co_await refuse(database, act, kind, id, with_subtree);
    if (!holders.empty()) co_return name_taken(things, holders[0]);
    if (attempt == restore_attempts_max) co_return contended(things);
    co_await database.pause_before_retry(attempt);
  }
}

Task<Result<http::Response>> list_deleted_named(pg::Database& database, Id tenant, Kind kind, http::Page page,
                                                int retention_days) {
  OptionalTime after_time;
  std::optional<Id> after_id;
  if (page.after) {
    after_time = pg::Timestamp{std::chrono::microseconds{page.after->microseconds}};
    after_id = page.after->id;
  }
  const ListStatement& list = *things_of(kind).list;
  const auto rows =
      co_await database.read(list, tenant, page.limit + 1, page.offset(), after_time, after_id, retention_days);
  std::int64_t total = 0;
  if (!rows.empty()) {
    total = rows[0].total;
  } else if (page.number > 1 || page.after) {  // a page behind the end says nothing of the others
    const auto first = co_await database.read(list, tenant, 1, 0, std::nullopt, std::nullopt, retention_days);
    total = first.empty() ? 0 : first[0].total;
  }

  http::Response response;
  json::Object body{response.body};
  std::optional<http::Cursor> next;
  {
    json::Array data = body.array("data");
    for (int i = 0; i < std::min(rows.size(), page.limit); ++i) {
      const DeletedNamed row = rows[i];
      json::Object item = data.object();
      write(item, row, kind);
      if (row.deleted_at) next = http::Cursor{row.deleted_at->time_since_epoch().count(), row.id};
    }
  }
  if (rows.size() <= page.limit) next.reset();
  body.add_raw("pagination", http::pagination_json(page, total, next, true));
  body.close();
  co_return response;
}

}  // namespace pim::trash
