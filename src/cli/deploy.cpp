// pixelpim deploy: a deployment from beginning to end.
#include "ops/deploy/deploy.hpp"

#include "cli/command.hpp"
#include "pg/programs.hpp"

namespace pim::cli {
namespace {

namespace deploy = ops::deploy;

struct DeployArguments {
  deploy::Options options;
  bool confirm = false, rehearse = false;
};

void print_deployment(const Session& session, const deploy::Deployment& deployment) {
  if (session.json()) return print(deploy::to_json(deployment));
  for (const std::string& line : deploy::lines_of(deployment)) print(line);
  print(deployment.state == "done" ? fmt::format("Deployed. Report: {}", deployment.report)
        : ops::worst_of(deployment.checks) == ops::Verdict::fail
            ? "There is something to do first. Nothing was changed."
            : "Nothing was changed. `pixelpim deploy --confirm` does it, and goes on where it was stopped.");
}

void print_rehearsal(const Session& session, const deploy::Rehearsal& rehearsal) {
  std::string text;
  {
    json::Object body(text);
    body.add("backup", rehearsal.backup).add_raw("restoredSeconds", fmt::format("{:.3f}", rehearsal.restored_seconds));
    body.add_raw("totalSeconds", fmt::format("{:.3f}", rehearsal.total_seconds));
    json::Array steps = body.array("steps");
    for (const auto& each : rehearsal.steps) {
      steps.object()
          .add("name", each.name)
          .add_raw("seconds", fmt::format("{:.3f}", each.seconds))
          .add("locks", each.locks)
          .add("rows", each.rows)
          .add("bytesRewritten", each.bytes_rewritten);
    }
  }
  if (session.json()) return print(text);
  print(fmt::format("On a copy from {}, restored in {:.1f} s:", rehearsal.backup, rehearsal.restored_seconds));
  for (const auto& each : rehearsal.steps) {
    print(fmt::format(
        "{:8.3f} s  {}{}", each.seconds, each.name,
        each.bytes_rewritten == 0 ? "" : fmt::format("; rewrites {} rows, {} bytes", each.rows, each.bytes_rewritten)));
    for (const std::string& lock : each.locks) print("            " + lock);
  }
  print(fmt::format("{:8.3f} s  in all. The copy is gone again.", rehearsal.total_seconds));
}

Result<int> run(const Session& session, const DeployArguments& arguments) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  auto url = session.database_url(*config);
  if (!url) return std::unexpected(std::move(url).error());
  const auto progress = [&](const std::string& text) { session.note(text); };
  if (arguments.rehearse) {
    const auto rehearsal = deploy::rehearse(*config, *url, progress);
    if (!rehearsal) return std::unexpected(rehearsal.error());
    print_rehearsal(session, *rehearsal);
    return 0;
  }
  if (!arguments.confirm) {
    auto connection = session.connect();
    if (!connection) return std::unexpected(std::move(connection).error());
    const auto planned = deploy::plan(*connection, *config, pg::database_of(*url), arguments.options);
    if (!planned) return std::unexpected(planned.error());
    print_deployment(session, *planned);
    return ops::worst_of(planned->checks) == ops::Verdict::fail ? 1 : 0;
  }
  const auto deployed = deploy::deploy(*config, *url, arguments.options, progress);
  if (!deployed) return std::unexpected(deployed.error());
  print_deployment(session, *deployed);
  return 0;
}

}  // namespace

void add_deploy(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<DeployArguments>();
  CLI::App* command = session.add(
      app, "deploy", "Back up, migrate, hand over to this version, and prove it; without --confirm only the plan",
      "pixelpim deploy --confirm", [&session, arguments] { return run(session, *arguments); });
  session.add_json_flag(*command);
  command->add_flag("--confirm", arguments->confirm, "Do it. Stopped anywhere, the same command goes on");
  command->add_flag("--rehearse", arguments->rehearse,
                    "Try it on a copy from the newest backup, and say what takes how long");
  command->add_option("--url", arguments->options.server, "The server's address; else the one with this state folder");
  command->add_option("--restart", arguments->options.restart,
                      "A command that replaces the program, such as 'systemctl restart pixelpim'; else it is asked to");
  command->add_option("--by", arguments->options.by, "Your name, for the mails to the team and the report");
  command->add_option("--minutes", arguments->options.minutes, "How long it takes, about, for the mail that it begins")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_flag("--leave-archive", arguments->options.leaves_archive,
                    "Leave what a full rollback put aside where it is");
  command->add_flag("--first", arguments->options.is_first, "The first deployment: nothing may be in the trash yet");
  command->add_option("--jobs", arguments->options.jobs, "Connections for the backup")->check(CLI::Range(1, 64));
}

}  // namespace pim::cli
