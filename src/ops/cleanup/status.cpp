#include "ops/cleanup/status.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/id.hpp"
#include "http/page.hpp"
#include "http/request.hpp"
#include "json/writer.hpp"
#include "ops/cleanup/clock.hpp"
#include "ops/cleanup/statements.hpp"

namespace pim::ops::cleanup {
namespace {

constexpr std::int32_t runs_shown = 10, failures_shown = 20, runs_of_a_page_max = 100;

std::optional<std::string> owned(const OptionalText& text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

Run run_of(const RunRow& row) {
  return {.id = row.id,
          .trigger = std::string(row.trigger),
          .state = std::string(row.state),
          .started_by = std::string(row.started_by),
          .slot = row.slot,
          .finished_at = row.finished_at,
          .trouble = owned(row.trouble),
          .started_at = row.started_at,
          .examined = row.examined,
          .purged = row.purged,
          .held = row.held,
          .failed = row.failed};
}

// A local time has no "Z".
std::string wall(pg::Timestamp time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}", std::chrono::floor<std::chrono::seconds>(time));
}
std::optional<std::string> wall(const std::optional<pg::Timestamp>& time) {
  return time ? std::optional(wall(*time)) : std::nullopt;
}

void add_run(json::Object& out, const Run& run) {
  out.add("id", run.id)
      .add("trigger", run.trigger)
      .add("slot", wall(run.slot))
      .add("state", run.state)
      .add("trouble", run.trouble)
      .add("startedBy", run.started_by)
      .add("startedAt", run.started_at)
      .add("finishedAt", run.finished_at)
      .add("examined", run.examined)
      .add("purged", run.purged)
      .add("held", run.held)
      .add("failed", run.failed);
}

Task<Result<http::Response>> list(pg::Databases& databases, http::Request& request) {
  co_await http::only_parameters(request, {"limit", "cursor"});
  const auto wanted = parse_id(request.query("limit").value_or("20"));
  const auto before = parse_id(request.query("cursor").value_or("0"));
  if (!wanted || !before) co_return invalid({"limit and cursor must be numbers"});
  const std::int32_t limit = std::clamp(*wanted, 1, runs_of_a_page_max);
  const auto rows = co_await databases.here().read(
      list_runs, *before == 0 ? std::nullopt : std::optional<std::int64_t>(*before), limit + 1);
  http::Response response;
  json::Object body{response.body};
  std::int64_t last = 0;
  {
    json::Array data = body.array("data");
    for (int i = 0; i < std::min(rows.size(), limit); ++i) {
      json::Object out = data.object();
      add_run(out, run_of(rows[i]));
      last = rows[i].id;
    }
  }
  const bool has_next = rows.size() > limit;
  body.object("pagination")
      .add("limit", limit)
      .add("total", rows.empty() ? 0 : rows[0].total)
      .add("hasNext", has_next)
      .add("nextCursor", has_next ? std::optional(std::to_string(last)) : std::nullopt);
  body.close();
  co_return response;
}

Task<Result<http::Response>> end_one(pg::Databases& databases, http::Request& request) {
  const auto id = co_await http::existing_id(request, "id", "Cleanup run with ID {} not found");
  const auto rows = co_await databases.here().write(cancel_run, id);
  if (rows.empty()) co_return not_found(fmt::format("Cleanup run with ID {} not found", id));
  if (!rows[0].is_ending) co_return conflict("cleanup.not_running", fmt::format("Cleanup run {} has ended", id));
  co_return http::Response::message("The run ends after the batch that it is in");
}

}  // namespace

pg::Outcome<Status> status(pg::Blocking& connection, const std::string& schedule, const std::string& time_zone) {
  Status status{.schedule = schedule, .time_zone = time_zone};
  const auto clock = ClockWatch().look(connection, time_zone);
  if (!clock) return std::unexpected(clock.error());
  status.clock_trouble = clock->trouble;
  if (const auto parsed = Schedule::parse(schedule)) {
    if (const auto next = parsed->next(clock->local)) status.next = pg::Timestamp(next->time_since_epoch());
  }
  const auto runs = connection.run(list_runs, std::nullopt, runs_shown);
  if (!runs) return std::unexpected(runs.error());
  for (int i = 0; i < runs->size(); ++i) status.runs.push_back(run_of((*runs)[i]));
  const auto failures = connection.run(list_failures, failures_shown);
  if (!failures) return std::unexpected(failures.error());
  status.failures = failures->empty() ? 0 : (*failures)[0].total;
  for (int i = 0; i < failures->size(); ++i) {
    const FailureRow row = (*failures)[i];
    status.first_failures.push_back({row.user_id, std::string(row.kind), row.item_id, row.tries,
                                     std::string(row.trouble), row.first_at, row.next_try_at});
  }
  return status;
}

std::string status_json(const Status& status) {
  std::string text;
  json::Object body{text};
  body.add("schedule", status.schedule)
      .add("timeZone", status.time_zone)
      .add("next", wall(status.next))
      .add("clockTrouble", status.clock_trouble)
      .add("failures", status.failures);
  {
    json::Array runs = body.array("runs");
    for (const Run& run : status.runs) {
      json::Object out = runs.object();
      add_run(out, run);
    }
  }
  {
    json::Array failures = body.array("firstFailures");
    for (const Failure& each : status.first_failures) {
      failures.object()
          .add("tenant", each.tenant)
          .add("kind", each.kind)
          .add("id", each.id)
          .add("tries", each.tries)
          .add("trouble", each.trouble)
          .add("firstAt", each.first_at)
          .add("nextTryAt", each.next_try_at);
    }
  }
  body.close();
  return text;
}

std::string status_text(const Status& status) {
  std::string text = status.next ? fmt::format("The next run is at {} ({}, {}).", wall(*status.next), status.schedule,
                                               status.time_zone)
                                 : "There is no schedule.";
  if (status.clock_trouble) {
    text += fmt::format("\nNothing is purged: {}. If the clock is right: pixelpim cleanup run --accept-clock",
                        *status.clock_trouble);
  }
  for (const Run& run : status.runs) {
    text += fmt::format("\n{:>6} {:<9} {:<10} {}  purged {}, held {}, failed {}{}", run.id, run.trigger, run.state,
                        wall(run.started_at), run.purged, run.held, run.failed,
                        run.trouble ? fmt::format("  ({})", *run.trouble) : "");
  }
  if (status.failures > 0) text += fmt::format("\n{} could not be purged:", status.failures);
  for (const Failure& each : status.first_failures) {
    text += fmt::format("\n  {} {} of tenant {}, after {} tries, again at {}: {}", each.kind, each.id, each.tenant,
                        each.tries, wall(each.next_try_at), each.trouble);
  }
  return text;
}

pg::Outcome<bool> cancel(pg::Blocking& connection, std::int64_t run) {
  const auto rows = connection.run(cancel_run, run);
  if (!rows) return std::unexpected(rows.error());
  return !rows->empty() && (*rows)[0].is_ending;
}

void add_routes(http::Router& router, pg::Databases& databases) {
  using http::Caller;
  using http::Request;
  const http::Access admin = http::only(http::Role::admin);
  router.add(http::Method::get, "/admin/cleanup/runs", admin,
             [&databases](Request& request, const Caller&) { return list(databases, request); });
  router.add(http::Method::post, "/admin/cleanup/runs/:id/cancel", admin,
             [&databases](Request& request, const Caller&) { return end_one(databases, request); });
}

}  // namespace pim::ops::cleanup
