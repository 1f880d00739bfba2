// pixelpim cleanup: what has been in the trash for long enough goes for good, by hand, by cron or by a function.
#include "ops/cleanup/cleanup.hpp"

#include "cli/command.hpp"
#include "ops/cleanup/clock.hpp"
#include "ops/cleanup/status.hpp"

namespace pim::cli {
namespace {

namespace cleanup = ops::cleanup;

struct CleanupArguments {
  bool once = false, accept_clock = false;
  int days = 7;
  std::int64_t run = 0;
};

// How a run went is its exit code too: 0 everything that was due is gone, 1 something is left.
Result<int> run_now(Session& session, const CleanupArguments& arguments) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  if (arguments.accept_clock) {
    if (auto accepted = cleanup::ClockWatch::accept(*connection); !accepted) return database_failure(accepted.error());
  }
  const auto clock = cleanup::ClockWatch().look(*connection, config->time_zone);
  if (!clock) return database_failure(clock.error());
  if (clock->trouble) {
    return failure(fmt::format("Nothing was purged: {}.", *clock->trouble),
                   "Look at the clock of the database's machine. If it is right: pixelpim cleanup run --accept-clock");
  }
  const auto locked = cleanup::lock(*connection);
  if (!locked) return database_failure(locked.error());
  if (!*locked) return failure("Another cleanup is under way.", "Look at it with `pixelpim cleanup status`.");
  auto second = session.connect();
  if (!second) return std::unexpected(std::move(second).error());
  cleanup::Cleaner cleaner(*connection, *second, config->retention_days, [] { return true; });
  const auto ended = cleaner.run(cleanup::Trigger::command, std::nullopt);
  if (!ended) return database_failure(ended.error());
  if (!*ended) return failure("The run was ended by somebody else.");
  const cleanup::Ended& run = **ended;
  if (session.json()) {
    std::string text;
    json::Object(text)
        .add("deleted", run.purged)
        .add("failed", run.failed)
        .add("held", run.held)
        .add("date", run.started_at)
        .add("run", run.id)
        .add("state", run.state);
    print(text);
  } else {
    print(fmt::format("{} purged, {} could not be purged, {} kept by a legal hold", run.purged, run.failed, run.held));
    if (run.failed > 0) print("`pixelpim cleanup status` says why.");
    if (run.state != "done") print(fmt::format("It is {}. {}", run.state, run.trouble));
  }
  return run.state == "done" && run.failed == 0 ? 0 : 1;
}

Result<int> show_status(Session& session) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  const auto status = cleanup::status(*connection, config->cleanup_schedule, config->time_zone);
  if (!status) return database_failure(status.error());
  print(session.json() ? cleanup::status_json(*status) : cleanup::status_text(*status));
  return status->clock_trouble || status->failures > 0 ? 1 : 0;
}

Result<int> show_preview(Session& session, int days) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  const auto coming = cleanup::preview(*connection, config->retention_days, days);
  if (!coming) return database_failure(coming.error());
  std::int64_t rows = 0;
  for (const auto& each : *coming) rows += each.rows;
  if (session.json()) {
    std::string text;
    json::Object body{text};
    body.add("days", days).add("rows", rows);
    {
      json::Array tenants = body.array("tenants");
      for (const auto& each : *coming) {
        tenants.object()
            .add("tenant", each.tenant)
            .add("email", each.email)
            .add("kind", each.kind)
            .add("rows", each.rows)
            .add("firstAt", each.first_at)
            .add("names", each.names);
      }
    }
    body.close();
    print(text);
    return 0;
  }
  print(fmt::format("Within {} days {} rows will be purged.", days, rows));
  for (const auto& each : *coming) {
    print(fmt::format("{:>10} {:<15} {}  {}", each.rows, each.kind, each.email, fmt::join(each.names, ", ")));
  }
  return 0;
}

Result<int> cancel(Session& session, std::int64_t run) {
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  const auto cancelled = cleanup::cancel(*connection, run);
  if (!cancelled) return database_failure(cancelled.error());
  if (!*cancelled)
    return failure(fmt::format("Run {} is none that is under way.", run), "See `pixelpim cleanup status`.");
  print(fmt::format("Run {} ends after the batch that it is in.", run));
  return 0;
}

}  // namespace

void add_cleanup(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("cleanup", "What has been in the trash for long enough goes for good");
  group->require_subcommand(1);
  auto arguments = std::make_shared<CleanupArguments>();
  CLI::App* run =
      session.add(*group, "run", "Clean the trash now, as the nightly job does", "pixelpim cleanup run --once --json",
                  [&session, arguments] { return run_now(session, *arguments); });
  run->add_flag("--once", arguments->once, "One run, then the end; it is never otherwise");
  run->add_flag("--accept-clock", arguments->accept_clock, "The database's clock is right, though it jumped");
  session.add_json_flag(*run);
  CLI::App* status = session.add(*group, "status", "The next run, the last ones, and what could not be purged",
                                 "pixelpim cleanup status", [&session] { return show_status(session); });
  session.add_json_flag(*status);
  CLI::App* preview =
      session.add(*group, "preview", "What will be purged within some days", "pixelpim cleanup preview --days 7",
                  [&session, arguments] { return show_preview(session, arguments->days); });
  preview->add_option("--days", arguments->days, "How many days from now (7)")->check(CLI::Range(0, 36500));
  session.add_json_flag(*preview);
  CLI::App* end = session.add(*group, "cancel", "End a run that is under way", "pixelpim cleanup cancel 12",
                              [&session, arguments] { return cancel(session, arguments->run); });
  end->add_option("run", arguments->run, "Its number")->required();
}

}  // namespace pim::cli
