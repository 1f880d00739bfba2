// pixelpim monitor: deletes, restores, storage and queries, as tables.
#include <chrono>
#include <thread>

#include "cli/command.hpp"
#include "ops/monitor/report.hpp"

namespace pim::cli {
namespace {

struct MonitorArguments {
  std::string topic = "all";
  bool watch = false;
};

Result<int> show_monitor(Session& session, const MonitorArguments& arguments) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  for (;;) {
    const auto report = ops::monitor::report(*connection, *config, arguments.topic, session.json());
    if (!report) return database_failure(report.error());
    if (arguments.watch) fmt::print("\033[H\033[2J");
    print(*report);
    if (!arguments.watch) return 0;
    std::this_thread::sleep_for(std::chrono::seconds{2});
  }
}

}  // namespace

void add_monitor(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<MonitorArguments>();
  CLI::App* command = session.add(
      app, "monitor", "How much is deleted and restored, how large the tables are, which statements are slow",
      "pixelpim monitor storage", [&session, arguments] { return show_monitor(session, *arguments); });
  command->add_option("topic", arguments->topic, "deletes, restores, storage or queries (all)")
      ->check(CLI::IsMember({"all", "deletes", "restores", "storage", "queries"}));
  command->add_flag("--watch", arguments->watch, "Again every two seconds, until Ctrl-C");
  session.add_json_flag(*command);
}

}  // namespace pim::cli
