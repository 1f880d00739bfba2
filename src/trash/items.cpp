#include "trash/items.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "base/text.hpp"
#include "http/page.hpp"
#include "json/writer.hpp"
#include "sql/trash.hpp"
#include "trash/kinds.hpp"

namespace pim::trash {
namespace {

using Id = std::int32_t;
using Text = std::string_view;
using OptionalText = std::optional<Text>;
using OptionalId = std::optional<Id>;
using OptionalIds = std::optional<std::vector<Id>>;
using OptionalNumber = std::optional<std::int64_t>;
using OptionalTime = std::optional<pg::Timestamp>;

struct Item {
  Text kind;
  Id id;
};
BOOST_DESCRIBE_STRUCT(Item, (), (kind, id))

struct NamedItem {
  Text kind;
  Id id;
  Text name;
};
BOOST_DESCRIBE_STRUCT(NamedItem, (), (kind, id, name))

// The holder is absent where another one of the chosen has it.
struct Conflict {
  Text kind;
  Id id;
  Text field, value;
  OptionalId holder;
  OptionalText holder_name, holder_sku;
};
BOOST_DESCRIBE_STRUCT(Conflict, (), (kind, id, field, value, holder, holder_name, holder_sku))

struct Renamed {
  Text kind;
  Id id;
  Text name;
  OptionalText new_name, sku, new_sku;
};
BOOST_DESCRIBE_STRUCT(Renamed, (), (kind, id, name, new_name, sku, new_sku))

struct Replaced {
  Text kind;
  OptionalId id;
  Text name;
  std::int64_t deletion_id;
};
BOOST_DESCRIBE_STRUCT(Replaced, (), (kind, id, name, deletion_id))

struct Dependency {
  Text kind;
  Id id;
  Text name, of_kind;
  Id of_id;
};
BOOST_DESCRIBE_STRUCT(Dependency, (), (kind, id, name, of_kind, of_id))

// What an item pointed at, and is gone for good.
struct Gone {
  Text kind;
  Id id;
  OptionalText name;
  Text of_kind;
  Id of_id;
  pg::Timestamp at;
};
BOOST_DESCRIBE_STRUCT(Gone, (), (kind, id, name, of_kind, of_id, at))

struct KindCount {
  Text kind;
  Id rows;
};
BOOST_DESCRIBE_STRUCT(KindCount, (), (kind, rows))

struct PreviewedItem {
  Text kind;
  Id id;
  Text name;
  OptionalText sku;
  OptionalNumber deletion_id;
  OptionalTime deleted_at;
  bool is_chosen;
};
BOOST_DESCRIBE_STRUCT(PreviewedItem, (), (kind, id, name, sku, deletion_id, deleted_at, is_chosen))

struct FreeName {
  Text kind;
  Id id;
  Text field;
  OptionalText name;
};
BOOST_DESCRIBE_STRUCT(FreeName, (), (kind, id, field, name))

struct HeldItem {
  Text kind;
  Id id;
  Text name;
  std::int64_t hold;
  Text reason;
  OptionalId placed_by;
};
BOOST_DESCRIBE_STRUCT(HeldItem, (), (kind, id, name, hold, reason, placed_by))

struct RestoredRow {
  Id chosen, restored, left;
  std::vector<Item> items;
  std::vector<Conflict> conflicts;
  std::vector<Renamed> renamed;
  std::vector<Replaced> replaced;
  std::vector<Dependency> still_in_trash;
  std::vector<MissingValue> missing;
};
BOOST_DESCRIBE_STRUCT(RestoredRow, (),
                      (chosen, restored, left, items, conflicts, renamed, replaced, still_in_trash, missing))

struct PurgedRow {
  Id chosen, purged;
  OptionalNumber certificate_id;
  std::vector<NamedItem> kept;
};
BOOST_DESCRIBE_STRUCT(PurgedRow, (), (chosen, purged, certificate_id, kept))

struct RestorePreviewRow {
  Id chosen, items, conflict_count;
  std::vector<KindCount> kinds;
  std::vector<PreviewedItem> rows;
  std::vector<Conflict> conflicts;
  std::vector<FreeName> names;
  std::vector<Dependency> still_in_trash;
  std::vector<Gone> gone;
  std::vector<MissingValue> missing;
  OptionalTime purge_at;
};
BOOST_DESCRIBE_STRUCT(RestorePreviewRow, (),
                      (chosen, items, conflict_count, kinds, rows, conflicts, names, still_in_trash, gone, missing,
                       purge_at))

struct PurgePreviewRow {
  Id chosen, items;
  std::vector<KindCount> kinds;
  Id variants;
  std::int64_t values, links, files, bytes;
  std::vector<HeldItem> held;
};
BOOST_DESCRIBE_STRUCT(PurgePreviewRow, (), (chosen, items, kinds, variants, values, links, files, bytes, held))

struct DeletePreviewRow {
  Id chosen, rows, variants;
  std::int64_t values, links, files, bytes;
  std::vector<Text> skus;
  pg::Timestamp purge_at;
};
BOOST_DESCRIBE_STRUCT(DeletePreviewRow, (), (chosen, rows, variants, values, links, files, bytes, skus, purge_at))

struct ListedItem {
  Text kind;
  Id id;
  Text name;
  OptionalText sku;
  OptionalId parent_id;
  OptionalTime deleted_at;
  OptionalNumber deletion_id;
  OptionalId deleted_by;
  OptionalText reason;
  OptionalTime purge_at;
  OptionalId days_left;
  OptionalNumber hold_id;
  Id rank;
  OptionalText deleted_by_name;
};
BOOST_DESCRIBE_STRUCT(ListedItem, (),
                      (kind, id, name, sku, parent_id, deleted_at, deletion_id, deleted_by, reason, purge_at, days_left,
                       hold_id, rank, deleted_by_name))

struct RowsOfKind {
  Text kind;
  std::int64_t rows;
};
BOOST_DESCRIBE_STRUCT(RowsOfKind, (), (kind, rows))

// All begin with what is chosen: tenant, kinds, ids, deletion, like, deleted by, since, before, limit, along; then
// whether with dependencies, and of which kinds. Planned each time: what is chosen decides on the index.
template <class Row, class... More>
using OfChosen = pg::Statement<Row(Id, Kinds, OptionalIds, OptionalNumber, OptionalText, OptionalId, OptionalTime,
                                   OptionalTime, Id, bool, bool, Kinds, More...)>;

// actor, request id, on conflict, is a bulk, attempts before, tell what is still in the trash or lacks
const OfChosen<RestoredRow, Id, Text, Text, bool, Id, bool> restore_statement{
    "restore_items", sql::trash::restore_items, pg::Plan::fresh};
// actor, request id, reason, is a bulk, skip what is held, how many must be chosen
const OfChosen<PurgedRow, Id, Text, OptionalText, bool, bool, OptionalId> purge_statement{
    "purge_items", sql::trash::purge_items, pg::Plan::fresh};
const OfChosen<RestorePreviewRow, Id> preview_restore_statement{"preview_restore", sql::trash::preview_restore,
                                                                pg::Plan::fresh};
const OfChosen<PurgePreviewRow> preview_purge_statement{"preview_purge", sql::trash::preview_purge, pg::Plan::fresh};
// tenant, kinds, deletion, like, deleted by, since, before, after time, rank and id, limit, retention in days
const pg::Statement<ListedItem(Id, Kinds, OptionalNumber, OptionalText, OptionalId, OptionalTime, OptionalTime,
                               OptionalTime, OptionalId, OptionalId, Id, Id)>
    list_items_statement{"list_items", sql::trash::list_items, pg::Plan::fresh};
// tenant, kinds, deletion, like, deleted by, since, before
const pg::Statement<RowsOfKind(Id, Kinds, OptionalNumber, OptionalText, OptionalId, OptionalTime, OptionalTime)>
    count_statement{"count_items", sql::trash::count_items, pg::Plan::fresh};

struct IsLiving {
  bool is_living;
};
BOOST_DESCRIBE_STRUCT(IsLiving, (), (is_living))

const pg::Statement<IsLiving(Id, Text, Id)> is_living_statement{"is_living", sql::trash::is_living};

// tenant, kind, ids, along, retention in days
const pg::Statement<DeletePreviewRow(Id, Text, std::vector<Id>, bool, Id)> preview_delete_statement{
    "preview_delete", sql::trash::preview_delete, pg::Plan::fresh};

constexpr Id attempts_max = 3;

// "Asset group", of its words "asset group".
std::string capitalized(Text words) {
  std::string text{words};
  text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::unexpected<Problem> not_in_trash(const ItemKind& kind, Id id) {
  return not_found(fmt::format(fmt::runtime(kind.missing), id));
}

// Answers -------------------------------------------------------------------------------------------------------

template <class Rows, class WriteRow>
void write_rows(json::Object& out, Text key, const Rows& rows, WriteRow write_row) {
  json::Array list = out.array(key);
  for (const auto& row : rows) {
    json::Object item = list.object();
    write_row(item, row);
  }
}

void write_conflict(json::Object& out, const Conflict& conflict) {
  out.add("kind", conflict.kind).add("id", conflict.id).add("field", conflict.field).add("value", conflict.value);
  if (!conflict.holder) {
    out.add("holder", std::nullopt);
    return;
  }
  json::Object holder = out.object("holder");
  holder.add("id", conflict.holder).add("name", conflict.holder_name);
  if (conflict.holder_sku) holder.add("sku", conflict.holder_sku);
}

void write_dependency(json::Object& out, const Dependency& dependency) {
  const ItemKind* kind = find_kind(dependency.kind);
  out.add("kind", dependency.kind).add("id", dependency.id).add("name", dependency.name);
  out.object("of").add("kind", dependency.of_kind).add("id", dependency.of_id);
  out.add("restore", fmt::format("POST /{}/{}/restore", kind->resource, dependency.id));
}

// It can't come back: what pointed at it, or had a value of it, comes back without.
void write_gone(json::Object& out, const Gone& gone) {
  out.add("kind", gone.kind).add("id", gone.id).add("name", gone.name).add("purgedAt", gone.at);
  out.object("of").add("kind", gone.of_kind).add("id", gone.of_id);
  out.add("choice", fmt::format("PATCH /{}/{} gives it another one when it is back", find_kind(gone.of_kind)->resource,
                                gone.of_id));
}

void write_missing(json::Object& out, const MissingValue& missing) {
  out.add("kind", "attribute").add("id", missing.id).add("name", missing.name);
  out.object("of").add("kind", "product").add("id", missing.of_id);
  out.add("choice",
          fmt::format("It is required and has no value: PATCH /products/{}/attributes gives it one", missing.of_id));
}

void write_renamed(json::Object& out, const Renamed& renamed) {
  out.add("kind", renamed.kind).add("id", renamed.id);
  if (renamed.new_name) out.object("name").add("from", renamed.name).add("to", renamed.new_name);
  if (renamed.new_sku) out.object("sku").add("from", renamed.sku).add("to", renamed.new_sku);
}

void write_replaced(json::Object& out, const Replaced& replaced) {
  out.add("kind", replaced.kind)
      .add("id", replaced.id)
      .add("name", replaced.name)
      .add("deletionId", replaced.deletion_id)
      .add("undo", fmt::format("POST /trash/deletions/{}/restore", replaced.deletion_id));
}

void write_kinds(json::Object& out, const std::vector<KindCount>& counts) {
  json::Object rows = out.object("kinds");
  for (const KindCount& count : counts) rows.add(count.kind, count.rows);
}

// What is between the braces of an object.
std::string members(const std::string& object) { return object.substr(1, object.size() - 2); }

std::string facts_of(const RestoredRow& row) {
  std::string text;
  json::Object out{text};
  write_rows(out, "items", row.items, [](json::Object& o, const Item& i) { o.add("kind", i.kind).add("id", i.id); });
  write_rows(out, "conflicts", row.conflicts, write_conflict);
  write_rows(out, "renamed", row.renamed, write_renamed);
  write_rows(out, "replaced", row.replaced, write_replaced);
  write_rows(out, "stillInTrash", row.still_in_trash, write_dependency);
  out.add_members(warnings_member(row.missing));
  out.close();
  return members(text);
}

std::unexpected<Problem> in_the_way(const std::vector<Conflict>& conflicts) {
  const Conflict& first = conflicts[0];
  const ItemKind* kind = find_kind(first.kind);
  const bool is_sku = first.field == "sku";
  auto problem = conflict(fmt::format("{}.{}_taken", kind->code, first.field),
                          fmt::format("Cannot restore: {} with {} \"{}\" {}", kind->article, is_sku ? "SKU" : "name",
                                      first.value, first.holder ? "already exists" : "is restored twice by this act"));
  std::string facts;
  json::Object out{facts};
  {
    json::Object one = out.object("conflict");
    one.add("field", first.field).add("value", first.value).add("itemId", first.id);
    if (first.holder) {
      json::Object holder = one.object(first.kind == "product" ? "product" : "holder");
      holder.add("id", first.holder).add("name", first.holder_name);
      if (first.holder_sku) holder.add("sku", first.holder_sku);
    }
  }
  write_rows(out, "conflicts", conflicts, write_conflict);
  out.close();
  return with_choices(std::move(problem), members(facts));
}

// What is left below a category that is purged moves to the root.
std::unexpected<Problem> root_name_taken() {
  auto problem =
      conflict("category.name_taken",
               "Cannot delete permanently: a category below it would move to the root, where its name is taken");
  problem.error().remedy = "Rename it, or move it elsewhere, then delete again.";
  return problem;
}

std::unexpected<Problem> contended() {
  auto problem = conflict("trash.contended", "Cannot restore: others with the same names come and go at this moment");
  problem.error().remedy = "Try again.";
  return problem;
}

}  // namespace

Text name_of(OnConflict what) {
  switch (what) {
    case OnConflict::rename:
      return "rename";
    case OnConflict::replace:
      return "replace";
    case OnConflict::skip:
      return "skip";
    case OnConflict::fail:
      break;
  }
  return "fail";
}

std::optional<OnConflict> on_conflict_of(Text name) {
  for (const OnConflict each : {OnConflict::fail, OnConflict::rename, OnConflict::replace, OnConflict::skip}) {
    if (name == name_of(each)) return each;
  }
  return std::nullopt;
}

std::string warnings_member(const std::vector<MissingValue>& missing) {
  std::string text;
  json::Object out{text};
  write_rows(out, "warnings", missing, write_missing);
  out.close();
  return members(text);
}

Result<RestoreHow> read_restore_how(const http::Request& request) {
  RestoreHow how;
  const auto word = http::choice_parameter(request, "onConflict", {"fail", "rename", "replace", "skip"}, "fail");
  if (!word) return std::unexpected(word.error());
  how.on_conflict = *on_conflict_of(*word);
  const auto with = http::flag_parameter(request, "withDependencies", false);
  if (!with) return std::unexpected(with.error());
  how.with_dependencies = *with;
  return how;
}

std::unexpected<Problem> with_choices(std::unexpected<Problem> problem, Text facts) {
  problem.error().facts = fmt::format("{},\"choices\":[\"rename\",\"replace\",\"skip\"]", facts);
  problem.error().remedy = "Say what is to happen with ?onConflict=rename, replace or skip, or change what holds it.";
  return problem;
}

// Acts ----------------------------------------------------------------------------------------------------------

// A name that is free in the statement's snapshot may be taken when it is written: then all is undone, and it is run
// again with what is there by now.
Task<Result<RestoredItems>> restore_items(pg::Database& database, const Act& act, const Chosen& chosen,
                                          const RestoreHow& how, Extent extent) {
  for (Id attempt = 0;; ++attempt) {
    const auto rows = co_await as_result(
        database.write_patiently(restore_statement, act.tenant, chosen.kinds, chosen.ids, chosen.deletion,
                                 view_of(chosen.like), chosen.deleted_by, chosen.since, chosen.before, chosen.limit,
                                 chosen.along, how.with_dependencies, how.dependency_kinds, act.actor, act.request_id,
                                 name_of(how.on_conflict), extent != Extent::one, attempt, extent != Extent::batch));
    if (rows) {
      const RestoredRow row = (*rows)[0];
      if (how.on_conflict == OnConflict::fail && !row.conflicts.empty()) co_return in_the_way(row.conflicts);
      co_return RestoredItems{row.chosen, row.restored, row.left, facts_of(row)};
    }
    if (rows.error().sqlstate != "23505") co_return std::unexpected(to_problem(rows.error()));
    if (attempt == attempts_max) co_return contended();
    co_await database.pause_before_retry(attempt + 1);
  }
}

Task<Result<PurgedItems>> purge_items(pg::Database& database, const Act& act, const Chosen& chosen, const PurgeHow& how,
                                      Extent extent) {
  const auto rows = co_await as_result(database.write_patiently(
      purge_statement, act.tenant, chosen.kinds, chosen.ids, chosen.deletion, view_of(chosen.like), chosen.deleted_by,
      chosen.since, chosen.before, chosen.limit, chosen.along, false, Kinds{}, act.actor, act.request_id, how.reason,
      extent != Extent::one, how.skip_held, how.confirmed));
  if (!rows && rows.error().sqlstate == "23505") co_return root_name_taken();
  if (!rows) co_return std::unexpected(to_problem(rows.error()));
  const PurgedRow row = (*rows)[0];
  std::string text;
  json::Object out{text};
  out.add("certificateId", row.certificate_id);
  if (how.skip_held) {
    write_rows(out, "kept", row.kept,
               [](json::Object& o, const NamedItem& i) { o.add("kind", i.kind).add("id", i.id).add("name", i.name); });
  }
  out.close();
  co_return PurgedItems{row.chosen, row.purged, row.certificate_id, members(text)};
}

Task<Result<std::string>> purge_one(pg::Database& database, const Act& act, const ItemKind& kind, Id id,
                                    OptionalText reason) {
  const Chosen chosen{.kinds = {kind.name}, .ids = std::vector{id}};
  auto purged = co_await purge_items(database, act, chosen, {.reason = reason}, Extent::one);
  if (purged.chosen > 0) co_return fmt::format("\"purged\":{},{}", purged.purged, purged.facts);
  const auto why = co_await as_result(not_to_purge(database, act.tenant, kind, id));
  co_return std::unexpected(why.error());
}

Task<Result<http::Response>> not_to_purge(pg::Database& database, Id tenant, const ItemKind& kind, Id id) {
  if (!co_await is_living(database, tenant, kind, id)) {
    co_return not_in_trash(kind, id);
  }
  co_return conflict(fmt::format("{}.active", kind.code),
                     fmt::format("{} with ID {} is active: move it to the trash first", capitalized(kind.words), id));
}

RestoredOne restored(const ItemKind& kind, std::string facts) {
  return {fmt::format("{} successfully restored", capitalized(kind.words)), std::move(facts)};
}

Task<Result<RestoredOne>> restore_one(pg::Database& database, const Act& act, const ItemKind& kind, Id id, bool along,
                                      RestoreHow how) {
  const Chosen chosen{.kinds = {kind.name}, .ids = std::vector{id}, .along = along};
  how.dependency_kinds = kinds_of(~std::uint32_t{0});
  const auto items = co_await restore_items(database, act, chosen, how, Extent::one);
  if (items.chosen == 0) {
    co_return not_in_trash(kind, id);
  }
  RestoredOne one =
      restored(kind, fmt::format("\"restored\":{},\"left\":{},{}", items.restored, items.left, items.facts));
  if (items.restored == 0) {
    one.message = fmt::format("{} stays in the trash: its {} is taken, and onConflict is skip", capitalized(kind.words),
                              kind.name == "product" ? "SKU or name" : "name");
  }
  co_return one;
}

// Previews ------------------------------------------------------------------------------------------------------

// By a filter they may be all of a catalogue, and by an act all that a bulk deleted.
std::size_t rows_max(const Chosen& chosen) {
  return chosen.ids ? chosen.ids->size() : std::numeric_limits<std::size_t>::max();
}

// A preview of very many rows gets the time that the act itself has.
template <class Ask>
auto preview_in_time(pg::Database& database, std::size_t rows, const Ask& ask) {
  constexpr std::size_t searched_max = 1000;
  return rows <= searched_max ? ask([&](const auto&... values) { return database.search(values...); })
                              : ask([&](const auto&... values) { return database.write_patiently(values...); });
}

Task<Result<Preview>> preview_restore(pg::Database& database, Id tenant, const Chosen& chosen, const RestoreHow& how,
                                      int retention_days) {
  const auto rows = co_await preview_in_time(database, rows_max(chosen), [&](const auto& send) {
    return send(preview_restore_statement, tenant, chosen.kinds, chosen.ids, chosen.deletion, view_of(chosen.like),
                chosen.deleted_by, chosen.since, chosen.before, chosen.limit, chosen.along, how.with_dependencies,
                how.dependency_kinds, retention_days);
  });
  const RestorePreviewRow row = rows[0];
  std::string text;
  json::Object out{text};
  out.add("count", row.chosen).add("itemCount", row.items);
  write_kinds(out, row.kinds);
  write_rows(out, "items", row.rows, [](json::Object& o, const PreviewedItem& i) {
    o.add("kind", i.kind).add("id", i.id).add("name", i.name);
    if (i.sku) o.add("sku", i.sku);
    o.add("deletedAt", i.deleted_at).add("deletionId", i.deletion_id).add("comesAlong", !i.is_chosen);
  });
  out.add("conflictCount", row.conflict_count);
  write_rows(out, "conflicts", row.conflicts, write_conflict);
  write_rows(out, "renamedTo", row.names, [](json::Object& o, const FreeName& n) {
    o.add("kind", n.kind).add("id", n.id).add("field", n.field).add("value", n.name);
  });
  write_rows(out, "stillInTrash", row.still_in_trash, write_dependency);
  write_rows(out, "gone", row.gone, write_gone);
  out.add_members(warnings_member(row.missing));
  out.add("purgeAt", row.purge_at);
  {
    std::vector<Text> choices{"fail"};
    if (row.conflict_count > 0) choices = {"fail", "rename", "replace", "skip"};
    json::Object o = out.object("choices");
    o.add("onConflict", choices).add("withDependencies", !row.still_in_trash.empty());
  }
  out.close();
  co_return Preview{row.chosen, row.items, members(text)};
}

Task<Result<Preview>> preview_purge(pg::Database& database, Id tenant, const Chosen& chosen) {
  const auto rows = co_await preview_in_time(database, rows_max(chosen), [&](const auto& send) {
    return send(preview_purge_statement, tenant, chosen.kinds, chosen.ids, chosen.deletion, view_of(chosen.like),
                chosen.deleted_by, chosen.since, chosen.before, chosen.limit, chosen.along, false, Kinds{});
  });
  const PurgePreviewRow row = rows[0];
  std::string text;
  json::Object out{text};
  out.add("dryRun", true).add("count", row.chosen).add("rows", row.items);
  write_kinds(out, row.kinds);
  out.add("variants", row.variants)
      .add("values", row.values)
      .add("links", row.links)
      .add("files", row.files)
      .add("bytes", row.bytes);
  write_rows(out, "held", row.held, [](json::Object& o, const HeldItem& i) {
    o.add("kind", i.kind).add("id", i.id).add("name", i.name);
    o.object("hold").add("id", i.hold).add("reason", i.reason).add("placedBy", i.placed_by);
  });
  out.close();
  co_return Preview{row.chosen, row.items, members(text)};
}

Task<Result<Preview>> preview_delete_of(pg::Database& database, Id tenant, const ItemKind& kind,
                                        const std::vector<Id>& ids, bool along, int retention_days) {
  const auto rows = co_await preview_in_time(database, ids.size(), [&](const auto& send) {
    return send(preview_delete_statement, tenant, kind.name, ids, along, retention_days);
  });
  const DeletePreviewRow row = rows[0];
  std::string text;
  json::Object(text)
      .add("dryRun", true)
      .add("count", row.chosen)
      .add("rows", row.rows)
      .add("variants", row.variants)
      .add("values", row.values)
      .add("links", row.links)
      .add("files", row.files)
      .add("bytes", row.bytes)
      .add("skusFreed", row.skus)
      .add("purgeAt", row.purge_at);
  co_return Preview{row.chosen, row.rows, members(text)};
}

Task<Result<http::Response>> preview_delete(pg::Database& database, Id tenant, const ItemKind& kind, Id id, bool along,
                                            int retention_days) {
  const auto preview = co_await preview_delete_of(database, tenant, kind, {id}, along, retention_days);
  if (preview.count == 0) co_return not_found(fmt::format("There is no such {} to delete", kind.words));
  http::Response response;
  json::Object(response.body).add_members(preview.facts);
  co_return response;
}

Task<Result<bool>> is_living(pg::Database& database, Id tenant, const ItemKind& kind, Id id) {
  const auto rows = co_await database.read(is_living_statement, tenant, kind.name, id);
  co_return rows[0].is_living;
}

std::unexpected<Problem> another_version() {
  return std::unexpected(Problem{.status = 412,
                                 .code = "precondition_failed",
                                 .message = "It was changed by somebody else meanwhile: read it again",
                                 .remedy = "Send the ETag of what you have read last as If-Match."});
}

// The list ------------------------------------------------------------------------------------------------------

std::string ItemCursor::text() const { return fmt::format("{}{}", rank, last.text()); }

std::optional<ItemCursor> ItemCursor::parse(Text text) {
  if (text.empty() || text[0] < '1' || text[0] >= '1' + static_cast<char>(item_kinds.size())) return std::nullopt;
  const auto last = http::Cursor::parse(text.substr(1));
  if (!last) return std::nullopt;
  return ItemCursor{*last, text[0] - '0'};
}

Task<Result<std::int64_t>> count_items(pg::Database& database, Id tenant, const Chosen& chosen) {
  const auto rows = co_await database.search(count_statement, tenant, chosen.kinds, chosen.deletion,
                                             view_of(chosen.like), chosen.deleted_by, chosen.since, chosen.before);
  std::int64_t total = 0;
  for (int i = 0; i < rows.size(); ++i) total += rows[i].rows;
  co_return total;
}

Task<Result<http::Response>> list_items(pg::Database& database, Id tenant, const Chosen& chosen, Id limit,
                                        const std::optional<ItemCursor>& after, int retention_days) {
  OptionalTime after_time;
  OptionalId after_rank, after_id;
  if (after) {
    after_time = pg::Timestamp{std::chrono::microseconds{after->last.microseconds}};
    after_rank = after->rank;
    after_id = after->last.id;
  }
  const auto counts = co_await database.search(count_statement, tenant, chosen.kinds, chosen.deletion,
                                               view_of(chosen.like), chosen.deleted_by, chosen.since, chosen.before);
  const auto rows = co_await database.search(list_items_statement, tenant, chosen.kinds, chosen.deletion,
                                             view_of(chosen.like), chosen.deleted_by, chosen.since, chosen.before,
                                             after_time, after_rank, after_id, limit + 1, retention_days);
  http::Response response;
  json::Object body{response.body};
  std::optional<ItemCursor> next;
  {
    json::Array data = body.array("data");
    for (int i = 0; i < std::min(rows.size(), limit); ++i) {
      const ListedItem item = rows[i];
      json::Object out = data.object();
      out.add("kind", item.kind).add("id", item.id).add("name", item.name);
      if (item.sku) out.add("sku", item.sku);
      out.add("parentId", item.parent_id)
          .add("deletedAt", item.deleted_at)
          .add("deletionId", item.deletion_id)
          .add("deletedBy", item.deleted_by)
          .add("deletedByName", item.deleted_by_name)
          .add("reason", item.reason)
          .add("purgeAt", item.purge_at)
          .add("daysLeft", item.days_left)
          .add("holdId", item.hold_id);
      if (item.deleted_at) next = ItemCursor{{item.deleted_at->time_since_epoch().count(), item.id}, item.rank};
    }
  }
  if (rows.size() <= limit) next.reset();
  std::int64_t total = 0;
  {
    json::Object of_kinds = body.object("kinds");
    for (int i = 0; i < counts.size(); ++i) {
      const RowsOfKind count = counts[i];
      of_kinds.add(count.kind, count.rows);
      total += count.rows;
    }
  }
  {
    json::Object pagination = body.object("pagination");
    pagination.add("limit", limit).add("total", total).add("hasNext", next.has_value());
    if (next) {
      pagination.add("nextCursor", next->text());
    } else {
      pagination.add("nextCursor", std::nullopt);
    }
  }
  body.close();
  co_return response;
}

}  // namespace pim::trash
