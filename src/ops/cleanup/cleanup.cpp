#include "ops/cleanup/cleanup.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <mutex>
#include <thread>

#include "ops/cleanup/statements.hpp"
#include "trash/kinds.hpp"

namespace pim::ops::cleanup {
namespace {

using namespace std::chrono_literals;

constexpr std::int32_t tenants_at_once = 1000, found_at_once = 100'000, retries_at_once = 1000;
constexpr std::size_t batch_alone = 1000, batch_beside_others = 200;
constexpr int tries_max = 5;
constexpr double busy_commits_per_second = 100;  // of others; servers alone have about ten each
constexpr auto load_window = 1100ms;             // connections tell their transactions once a second
constexpr std::int64_t commits_of_a_batch = 3;

constexpr pg::Timestamp before_all{std::chrono::sys_days{std::chrono::year{1900} / 1 / 1}};

std::string_view name_of(Trigger trigger) {
  constexpr std::array<std::string_view, 3> names{"schedule", "command", "retry"};
  return names[static_cast<std::size_t>(trigger)];
}

pg::Timestamp as_timestamp(WallTime time) { return pg::Timestamp(time.time_since_epoch()); }

bool passes_by_itself(const pg::Error& error) {
  return error.sqlstate == "40001" || error.sqlstate == "40P01" || error.sqlstate == "55P03";
}

template <class Row>
pg::Outcome<void> only_done(const pg::Outcome<pg::Rows<Row>>& rows) {
  if (!rows) return std::unexpected(rows.error());
  return {};
}

}  // namespace

std::string this_process() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("{} (process {})", host.data(), ::getpid());
}

pg::Outcome<bool> lock(pg::Blocking& connection) {
  const auto rows = connection.query(std::string(text::take_lock));
  if (!rows) return std::unexpected(rows.error());
  return rows->number(0, 0) == 1;
}

pg::Outcome<void> unlock(pg::Blocking& connection) {
  const auto rows = connection.query(std::string(text::release_lock));
  if (!rows) return std::unexpected(rows.error());
  return {};
}

pg::Outcome<std::optional<Ended>> Cleaner::run(Trigger trigger, std::optional<WallTime> slot) {
  for (pg::Blocking* each : {&connection_, &second_}) {
    if (auto set = each->script(std::string(text::settings)); !set) return std::unexpected(set.error());
  }
  const auto begun = connection_.run(begin_run, slot ? std::optional(as_timestamp(*slot)) : std::nullopt,
                                     name_of(trigger), this_process());
  if (!begun) return std::unexpected(begun.error());
  if (begun->empty()) return std::nullopt;
  run_ = (*begun)[0].id;
  if (auto ended = only_done(connection_.run(end_broken, run_)); !ended) return std::unexpected(ended.error());

  const auto next = trigger == Trigger::retry ? retry() : clean();
  if (!next) {
    if (next.error().connection_lost) return std::unexpected(next.error());
    return end("failed", next.error().message);
  }
  if (*next == Next::interrupted) return std::nullopt;
  if (auto forgotten = only_done(connection_.run(forget_failures)); !forgotten)
    return std::unexpected(forgotten.error());
  return end(*next == Next::cancelled ? "cancelled" : "done", std::nullopt);
}

pg::Outcome<std::optional<Ended>> Cleaner::end(std::string_view state, std::optional<std::string_view> trouble) {
  const auto rows = connection_.run(end_run, run_, state, trouble);
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return std::nullopt;
  const EndedRow row = (*rows)[0];
  return Ended{.id = row.id,
               .slot = row.slot,
               .state = std::string(row.state),
               .trouble = std::string(trouble.value_or("")),
               .purged = row.purged,
               .held = row.held,
               .failed = row.failed,
               .started_at = row.started_at,
               .finished_at = row.finished_at};
}

pg::Outcome<Cleaner::Next> Cleaner::clean() {
  std::int32_t after = 0;
  for (;;) {
    const auto tenants = connection_.run(list_tenants, after, tenants_at_once);
    if (!tenants) return std::unexpected(tenants.error());
    for (int i = 0; i < tenants->size(); ++i) {
      after = (*tenants)[i].id;
      const auto next = clean_tenant(after);
      if (!next || *next != Next::go_on) return next;
    }
    if (tenants->size() < tenants_at_once) return Next::go_on;
  }
}

pg::Outcome<Cleaner::Next> Cleaner::clean_tenant(std::int32_t tenant) {
  for (const trash::ItemKind& kind : trash::item_kinds) {
    purged_ = 0;
    const auto next = clean_kind(tenant, kind.name);
    if (!next) return next;
    if (purged_ > 0) {
      if (auto told = only_done(connection_.run(tell_owner, tenant, kind.name, purged_.load(), run_)); !told) {
        return std::unexpected(told.error());
      }
    }
    if (*next != Next::go_on) return next;
  }
  return Next::go_on;
}

// Rows to purge, that two connections take their batches from.
struct Cleaner::Found {
  std::int32_t tenant;
  std::string_view kind;
  std::vector<Item> items;
  std::mutex mutex{};
  std::size_t taken = 0;

  std::vector<std::int32_t> take(std::size_t count) {
    const std::lock_guard guard(mutex);
    std::vector<std::int32_t> ids;
    for (; taken < items.size() && ids.size() < count; ++taken) ids.push_back(items[taken].id);
    return ids;
  }
};

// Those that were there for the retention, then those that were to be kept for less.
pg::Outcome<Cleaner::Next> Cleaner::clean_kind(std::int32_t tenant, std::string_view kind) {
  for (const bool early : {false, true}) {
    Item after{0, before_all, false};
    for (;;) {
      auto items = find(tenant, kind, early, after);
      if (!items) return std::unexpected(items.error());
      if (items->empty()) break;
      after = items->back();
      std::erase_if(*items, [](const Item& item) { return !item.is_due; });
      Found found{.tenant = tenant, .kind = kind, .items = *std::move(items)};
      const auto next = clean_found(found);
      if (!next || *next != Next::go_on) return next;
    }
  }
  return Next::go_on;
}

pg::Outcome<std::vector<Cleaner::Item>> Cleaner::find(std::int32_t tenant, std::string_view kind, bool early,
                                                      const Item& after) {
  auto transaction = pg::Transaction::begin(connection_);
  if (!transaction) return std::unexpected(transaction.error());
  if (auto set = connection_.script(std::string(text::in_order)); !set) return std::unexpected(set.error());
  const auto rows =
      early ? connection_.run(find_due_early, tenant, retention_days_, kind, after.id, found_at_once)
            : connection_.run(find_due, tenant, retention_days_, kind, after.deleted_at, after.id, found_at_once);
  if (!rows) return std::unexpected(rows.error());
  if (auto ended = transaction->commit(); !ended) return std::unexpected(ended.error());
  std::vector<Item> items;
  items.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) items.push_back({(*rows)[i].id, (*rows)[i].deleted_at, (*rows)[i].is_due});
  return items;
}

pg::Outcome<Cleaner::Next> Cleaner::clean_found(Found& found) {
  if (found.items.size() <= batch_alone) return take_batches(connection_, found, false);
  pg::Outcome<Next> others = Next::go_on;
  pg::Outcome<Next> next = Next::go_on;
  {
    const std::jthread helper([&] { others = take_batches(second_, found, true); });
    next = take_batches(connection_, found, false);
  }
  return next && *next == Next::go_on ? others : next;
}

// Batches until there are no more. While others use the database they are small, and it has three times as long without
// us as with us; the helper leaves it to them altogether.
pg::Outcome<Cleaner::Next> Cleaner::take_batches(pg::Blocking& connection, Found& found, bool helps) {
  const auto size = [&] { return others_.busy() ? batch_beside_others : batch_alone; };
  for (auto ids = found.take(size()); !ids.empty(); ids = found.take(size())) {
    const auto began = std::chrono::steady_clock::now();
    const auto next = purge(connection, found.tenant, found.kind, ids);
    if (!next || *next != Next::go_on) return next;
    const auto rows = connection.run(count_commits);
    if (!rows) return std::unexpected(rows.error());
    const auto now = std::chrono::steady_clock::now();
    const bool is_busy = others_.note(now, rows->empty() ? 0 : (*rows)[0].commits, commits_of_a_batch);
    if (is_busy && helps) return Next::go_on;
    if (is_busy) std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>((now - began) * 3, 1s));
  }
  return Next::go_on;
}

bool OtherTraffic::note(std::chrono::steady_clock::time_point now, std::int64_t all, std::int64_t own) {
  const std::lock_guard guard(mutex_);
  own_ += own;
  const std::int64_t others = all - own_;
  const auto since = now - since_;
  if (since < load_window) return busy_;
  if (since_ != std::chrono::steady_clock::time_point{}) {
    busy_ =
        static_cast<double>(others - others_) / std::chrono::duration<double>(since).count() > busy_commits_per_second;
  }
  since_ = now;
  others_ = others;
  return busy_;
}

// Each by itself: what they have in common is that they failed.
pg::Outcome<Cleaner::Next> Cleaner::retry() {
  const auto failures = connection_.run(failures_due, retries_at_once);
  if (!failures) return std::unexpected(failures.error());
  for (int i = 0; i < failures->size(); ++i) {
    const FailureKey key = (*failures)[i];
    const auto next = purge(connection_, key.user_id, key.kind, {key.item_id});
    if (!next || *next != Next::go_on) return next;
  }
  return Next::go_on;
}

// A batch with something in it that can't go is halved until that is alone: it is noted, and the others go.
pg::Outcome<Cleaner::Next> Cleaner::purge(pg::Blocking& connection, std::int32_t tenant, std::string_view kind,
                                          const std::vector<std::int32_t>& ids) {
  if (!goes_on_()) return Next::interrupted;
  const auto next_of = [](const pg::Outcome<pg::Rows<StateRow>>& rows) -> pg::Outcome<Next> {
    if (!rows) return std::unexpected(rows.error());
    return !rows->empty() && (*rows)[0].state == "running" ? Next::go_on : Next::cancelled;
  };
  auto done = connection.run_prepared(purge_due, tenant, retention_days_, kind, ids, run_);
  for (int i = 1; !done && passes_by_itself(done.error()) && i < tries_max; ++i) {
    std::this_thread::sleep_for(i * 20ms);
    done = connection.run_prepared(purge_due, tenant, retention_days_, kind, ids, run_);
  }
  if (done) {
    const PurgedRow counts = (*done)[0];
    purged_ += counts.purged;
    return next_of(
        connection.run(note_progress, run_, static_cast<std::int64_t>(ids.size()), counts.purged, counts.held));
  }
  if (done.error().connection_lost) return std::unexpected(done.error());
  if (ids.size() == 1) {
    const std::string trouble = fmt::format("{} {}", done.error().message, done.error().detail);
    return next_of(connection.run(note_failure, tenant, kind, ids[0], trouble, run_));
  }
  const auto middle = ids.begin() + static_cast<std::ptrdiff_t>(ids.size() / 2);
  const auto first = purge(connection, tenant, kind, {ids.begin(), middle});
  if (!first || *first != Next::go_on) return first;
  return purge(connection, tenant, kind, {middle, ids.end()});
}

pg::Outcome<std::optional<WallTime>> due_slot(pg::Blocking& connection, const Schedule& schedule, WallTime now) {
  const auto slot = schedule.last(now);
  if (!slot) return std::nullopt;
  const auto rows = connection.run(slot_state, as_timestamp(*slot));
  if (!rows) return std::unexpected(rows.error());
  if ((*rows)[0].has_any) return (*rows)[0].is_open ? slot : std::nullopt;
  const auto skipped = connection.run(skip_slot, as_timestamp(*slot), this_process(), "the schedule began after it");
  if (!skipped) return std::unexpected(skipped.error());
  return std::nullopt;
}

pg::Outcome<bool> has_retries(pg::Blocking& connection) {
  const auto rows = connection.run(failures_due, 1);
  if (!rows) return std::unexpected(rows.error());
  return !rows->empty();
}

pg::Outcome<std::vector<Coming>> preview(pg::Blocking& connection, int retention_days, int days,
                                         std::optional<std::int32_t> tenant) {
  const auto rows = connection.run(preview_cleanup, retention_days, days, tenant);
  if (!rows) return std::unexpected(rows.error());
  std::vector<Coming> coming;
  for (int i = 0; i < rows->size(); ++i) {
    const ComingRow row = (*rows)[i];
    coming.push_back({row.user_id,
                      std::string(row.email),
                      std::string(row.kind),
                      row.rows,
                      row.first_at,
                      {row.names.begin(), row.names.end()}});
  }
  return coming;
}

}  // namespace pim::ops::cleanup
