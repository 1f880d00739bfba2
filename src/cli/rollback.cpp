// pixelpim rollback: switch the trash off, or take all of it back.
#include "cli/command.hpp"
#include "config/database_url.hpp"
#include "ops/rollback/full.hpp"
#include "ops/rollback/quick.hpp"
#include "pg/programs.hpp"

namespace pim::cli {
namespace {

namespace rollback = ops::rollback;

struct RollbackArguments {
  bool confirm = false, undo = false;
  std::string archive;
};

void print_switched(const Session& session, const rollback::Switched& switched, bool is_off) {
  if (session.json()) {
    std::string text;
    json::Object(text)
        .add("trash", is_off ? "off" : "on")
        .add("changed", switched.changed)
        .add("offSince", is_off ? std::optional(switched.since) : std::nullopt)
        .add("inTrash", switched.in_trash)
        .add("actsKeptLonger", switched.kept_acts);
    return print(text);
  }
  if (is_off) {
    print(
        fmt::format("The trash is off, for every server, since {}. {} rows in it stay as they are, and what is deleted "
                    "now is recorded too.\nBack: pixelpim rollback quick --undo",
                    switched.since, switched.in_trash));
  } else if (switched.changed) {
    print(fmt::format(
        "The trash is on again; it was off since {}. {} rows are in it; {} acts are kept for as much longer.",
        switched.since, switched.in_trash, switched.kept_acts));
  } else {
    print(fmt::format("The trash is on; {} rows are in it.", switched.in_trash));
  }
}

Result<int> quick(const Session& session, const RollbackArguments& arguments) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  auto switched = arguments.undo      ? rollback::switch_on(*connection, config->retention_days)
                  : arguments.confirm ? rollback::switch_off(*connection)
                                      : rollback::look(*connection);
  if (!switched) return std::unexpected(std::move(switched).error());
  const bool is_off = !arguments.undo && !switched->since.empty();
  print_switched(session, *switched, is_off);
  if (!session.json() && !arguments.undo && !is_off)
    print("`pixelpim rollback quick --confirm` switches it off: no routes of the trash, deletes answer as before it.");
  return 0;
}

// --- altogether ---

void print_full_json(const rollback::Full& full) {
  std::string text;
  json::Object body(text);
  body.add("done", full.is_done).add("doneBefore", full.was_done).add("state", full.state).add("living", full.living);
  body.add("archive", full.archive).add("sha256", full.sha256).add("lines", full.lines).add("backup", full.backup);
  body.add("reverted", full.reverted);
  {
    json::Array tables = body.array("tables");
    for (const auto& each : full.tables)
      tables.object().add("table", each.table).add("gone", each.gone).add("cut", each.cut);
  }
  body.close();
  print(text);
}

void print_full(const rollback::Full& full) {
  if (full.was_done)
    return print(fmt::format("That is done already. The archive: {} ({} lines, SHA-256 {})", full.archive, full.lines,
                             full.sha256));
  print(fmt::format("{} database of the service {}:", full.is_done ? "This is again the" : "It would become the",
                    full.state));
  for (const auto& each : full.tables) {
    if (each.gone > 0)
      print(fmt::format("  {:>9} rows of \"{}\" {}", each.gone, each.table,
                        full.is_done ? "are in the archive" : "go into the archive"));
    if (each.cut > 0)
      print(fmt::format("  {:>9} living rows of \"{}\" lead to something that goes, and lead nowhere then", each.cut,
                        each.table));
  }
  if (full.is_done) {
    print(fmt::format("{} living rows are what they were, compared by hash.", full.living));
    print(fmt::format("The archive: {} ({} lines, SHA-256 {})\nBack: pixelpim rollback full --undo", full.archive,
                      full.lines, full.sha256));
  } else {
    print(fmt::format("{} migrations are taken back; what is in their tables goes into the archive too.",
                      full.reverted.size()));
    print(
        "Nothing was changed. Stop the service, then: pixelpim backup create --verify && pixelpim rollback full "
        "--confirm");
  }
}

void print_taken_in(const Session& session, const rollback::TakenIn& taken) {
  if (session.json()) {
    std::string text;
    json::Object body(text);
    body.add("doneBefore", taken.was_done).add("archive", taken.archive).add("applied", taken.applied);
    {
      json::Array tables = body.array("tables");
      for (const auto& each : taken.tables)
        tables.object().add("table", each.name).add("given", each.given).add("taken", each.taken);
    }
    body.close();
    return print(text);
  }
  if (taken.was_done) return print("The archive was taken in already.");
  print(fmt::format("{} migrations are applied, and {} is taken in:", taken.applied.size(), taken.archive));
  for (const auto& each : taken.tables) {
    print(fmt::format("  {:>9} rows of \"{}\"{}", each.taken, each.name,
                      each.taken == each.given ? ""
                                               : fmt::format("; {} are there already, or what they hang on is gone",
                                                             each.given - each.taken)));
  }
}

Result<int> full(const Session& session, const RollbackArguments& arguments) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  auto url = session.database_url(*config);
  if (!url) return std::unexpected(std::move(url).error());
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  const auto progress = [&](const std::string& text) { session.note(text); };
  if (arguments.undo) {
    const auto taken = rollback::take_in(*connection, arguments.archive, progress);
    if (!taken) return std::unexpected(taken.error());
    print_taken_in(session, *taken);
    return 0;
  }
  const auto done = arguments.confirm ? rollback::full(*connection, *config, pg::database_of(*url), progress)
                                      : rollback::plan(*connection);
  if (!done) return std::unexpected(done.error());
  session.json() ? print_full_json(*done) : print_full(*done);
  return 0;
}

}  // namespace

void add_rollback(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("rollback", "Back to how it was before the trash: at once, or altogether");
  group->require_subcommand(1);
  auto arguments = std::make_shared<RollbackArguments>();
  CLI::App* command = session.add(
      *group, "quick", "Switch the trash off while the service runs; nothing is lost. Without --confirm only look",
      "pixelpim rollback quick --confirm", [&session, arguments] { return quick(session, *arguments); });
  session.add_json_flag(*command);
  command->add_flag("--confirm", arguments->confirm, "Do it");
  command->add_flag("--undo", arguments->undo, "Switch it on again");
  command = session.add(
      *group, "full", "The database as it was before PixelPim, the trash in an archive. Without --confirm only count",
      "pixelpim rollback full --confirm", [&session, arguments] { return full(session, *arguments); });
  session.add_json_flag(*command);
  command->add_flag("--confirm", arguments->confirm,
                    "Do it; a backup of grade A that is not older than a day must be there");
  command->add_flag("--undo", arguments->undo, "Apply the migrations again, and take the archive in");
  command->add_option("--archive", arguments->archive, "Another copy of the archive than the one that was noted");
}

}  // namespace pim::cli
