#include "trash/bulk_acts.hpp"

#include <fmt/format.h>

#include <limits>

#include "json/writer.hpp"
#include "observe/log.hpp"
#include "sql/trash.hpp"

namespace pim::trash {
namespace {

using Id = std::int32_t;
using Number = std::int64_t;
using Text = std::string_view;
using OptionalText = std::optional<Text>;
using OptionalTime = std::optional<pg::Timestamp>;

struct Begun {
  Number id;
};
BOOST_DESCRIBE_STRUCT(Begun, (), (id))

struct BulkRow {
  Number id;
  Text act;
  std::vector<Text> kinds;
  Text state;
  Id total, done, changed;
  OptionalText trouble;
  std::optional<Number> deletion_id;
  Id actor_id;
  pg::Timestamp created_at;
  OptionalTime ended_at;
};
BOOST_DESCRIBE_STRUCT(BulkRow, (),
                      (id, act, kinds, state, total, done, changed, trouble, deletion_id, actor_id, created_at,
                       ended_at))

struct Changed {
  Id changed;
};
BOOST_DESCRIBE_STRUCT(Changed, (), (changed))

struct Batch {
  Id number;
  Text kind;
  std::vector<Id> ids;
  Id actor_id;
  Text act, request_id;
  OptionalText reason;
  Text on_conflict;
  bool with_dependencies;
  std::vector<Text> dependency_kinds;
  bool along, skip_held;
  pg::Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(Batch, (),
                      (number, kind, ids, actor_id, act, request_id, reason, on_conflict, with_dependencies,
                       dependency_kinds, along, skip_held, created_at))

// What is chosen as in items.cpp; then the act, actor, request id, reason, on conflict, skip what is held.
const pg::Statement<Begun(Id, Kinds, std::optional<std::vector<Id>>, std::optional<Number>, OptionalText,
                          std::optional<Id>, OptionalTime, OptionalTime, Id, bool, bool, Kinds, Text, Id, Text,
                          OptionalText, Text, bool)>
    begin_statement{"begin_bulk", sql::trash::begin_bulk, pg::Plan::fresh};
// tenant, kinds, bulk act
const pg::Statement<BulkRow(Id, Kinds, Number)> find_bulk_statement{"find_bulk", sql::trash::find_bulk};
// tenant, bulk act, batch
const pg::Statement<Changed(Id, Number, Id)> delete_batch_statement{"run_delete_batch", sql::trash::run_delete_batch,
                                                                    pg::Plan::fresh};
// tenant, bulk act
const pg::Statement<Changed(Id, Number)> end_statement{"end_bulk", sql::trash::end_bulk};
const pg::Statement<Batch(Id, Number)> claim_statement{"claim_batch", sql::trash::claim_batch};
// tenant, bulk act, batch, rows that it changed, what refused it
const pg::Statement<Changed(Id, Number, Id, Id, OptionalText)> finish_statement{"finish_batch",
                                                                                sql::trash::finish_batch};

// What is in the trash again since the act began is none of its business, also where a batch is done twice.
Chosen chosen_of(const Batch& batch) {
  return {.kinds = {batch.kind},
          .ids = batch.ids,
          .before = batch.created_at + std::chrono::milliseconds{1},
          .along = batch.along};
}

// The statement that deletes a batch writes down that it is done: a second time it would count nothing.
Task<Result<Id>> run_delete(pg::Database& database, RunningBulk bulk, const Batch& batch) {
  const auto rows = co_await database.write_patiently(delete_batch_statement, bulk.tenant, bulk.id, batch.number);
  co_return rows.empty() ? 0 : rows[0].changed;
}

Task<Result<Id>> run(pg::Database& database, RunningBulk bulk, const Batch& batch) {
  if (batch.act == "delete") co_return co_await run_delete(database, bulk, batch);
  const Act act{bulk.tenant, batch.actor_id, batch.request_id};
  if (batch.act == "purge") {
    const auto purged = co_await purge_items(database, act, chosen_of(batch),
                                             {.reason = batch.reason, .skip_held = batch.skip_held}, Extent::batch);
    co_return purged.purged;
  }
  const RestoreHow how{.on_conflict = on_conflict_of(batch.on_conflict).value_or(OnConflict::fail),
                       .with_dependencies = batch.with_dependencies,
                       .dependency_kinds = batch.dependency_kinds};
  const auto restored = co_await restore_items(database, act, chosen_of(batch), how, Extent::batch);
  co_return restored.restored;
}

void log_refusal(RunningBulk bulk, const Batch& batch, const Problem& problem) {
  observe::Line(observe::Level::warn, "bulk_act.refused")
      .add("bulk", bulk.id)
      .add("batch", batch.number)
      .add("why", problem.detail.empty() ? problem.message : problem.detail);
}

void write(json::Object& out, const BulkRow& row) {
  out.add("id", row.id)
      .add("act", row.act)
      .add("kinds", row.kinds)
      .add("state", row.state)
      .add("total", row.total)
      .add("done", row.done)
      .add("changed", row.changed)
      .add("trouble", row.trouble)
      .add("deletionId", row.deletion_id)
      .add("startedBy", row.actor_id)
      .add("createdAt", row.created_at)
      .add("endedAt", row.ended_at);
}

}  // namespace

Task<Result<http::Response>> begin_bulk(pg::Database& database, const Act& act, BulkKind kind, Chosen chosen,
                                        const RestoreHow& how, const PurgeHow& purge_how) {
  constexpr Id no_limit = std::numeric_limits<Id>::max();
  const auto rows = co_await database.write_patiently(
      begin_statement, act.tenant, chosen.kinds, chosen.ids, chosen.deletion,
      chosen.like ? OptionalText(*chosen.like) : std::nullopt, chosen.deleted_by, chosen.since, chosen.before, no_limit,
      chosen.along, how.with_dependencies, how.dependency_kinds, kind == BulkKind::purge ? "purge" : "restore",
      act.actor, act.request_id, purge_how.reason, name_of(how.on_conflict), purge_how.skip_held);
  if (rows.empty()) co_return conflict("trash.running", "Nothing of it is in the trash, or a deletion still goes on");
  co_return co_await bulk_act(database, act.tenant, chosen.kinds, rows[0].id, 202);
}

Task<Result<http::Response>> bulk_act(pg::Database& database, Id tenant, const Kinds& kinds, Number id, int status) {
  const auto rows = co_await database.read(find_bulk_statement, tenant, kinds, id);
  if (rows.empty()) co_return not_found(fmt::format("Bulk act with ID {} not found", id));
  http::Response response{.status = status};
  json::Object body{response.body};
  {
    json::Object out = body.object("bulk");
    write(out, rows[0]);
  }
  body.add("follow", fmt::format("GET /trash/bulk/{}", id));
  body.close();
  co_return response;
}

Task<Result<bool>> run_batch(pg::Database& database, RunningBulk bulk) {
  const auto rows = co_await database.write(claim_statement, bulk.tenant, bulk.id);
  if (rows.empty()) {
    co_await database.write(end_statement, bulk.tenant, bulk.id);
    co_return false;
  }
  const Batch batch = rows[0];
  const auto changed = co_await as_result(run(database, bulk, batch));
  if (!changed && changed.error().status == 503) co_return std::unexpected(changed.error());
  if (changed && batch.act == "delete") co_return true;
  // What is refused stays refused, and is told; the rest goes on.
  if (!changed) log_refusal(bulk, batch, changed.error());
  co_await database.write(finish_statement, bulk.tenant, bulk.id, batch.number, changed.value_or(0),
                          changed ? std::nullopt : OptionalText(changed.error().message));
  co_return true;
}

}  // namespace pim::trash
