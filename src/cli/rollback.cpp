// pixelpim rollback: switch the trash off, or take all of it back.
#include "cli/command.hpp"
#include "ops/rollback/quick.hpp"

namespace pim::cli {
namespace {

namespace rollback = ops::rollback;

struct Arguments {
  bool confirm = false, undo = false;
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

Result<int> quick(const Session& session, const Arguments& arguments) {
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

}  // namespace

void add_rollback(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("rollback", "Back to how it was before the trash: at once, or altogether");
  group->require_subcommand(1);
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = session.add(
      *group, "quick", "Switch the trash off while the service runs; nothing is lost. Without --confirm only look",
      "pixelpim rollback quick --confirm", [&session, arguments] { return quick(session, *arguments); });
  session.add_json_flag(*command);
  command->add_flag("--confirm", arguments->confirm, "Do it");
  command->add_flag("--undo", arguments->undo, "Switch it on again");
}

}  // namespace pim::cli
