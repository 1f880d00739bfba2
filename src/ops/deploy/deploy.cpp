#include "ops/deploy/deploy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/lock_file.hpp"
#include "base/running.hpp"
#include "ops/backup/store.hpp"
#include "ops/deploy/hand_over.hpp"
#include "ops/deploy/record.hpp"
#include "ops/deploy/report.hpp"
#include "ops/deploy/steps.hpp"
#include "ops/deploy/tell.hpp"
#include "ops/journal.hpp"
#include "ops/migrate/migrate.hpp"
#include "ops/preflight/preflight.hpp"
#include "pg/programs.hpp"
#include "version.hpp"

namespace pim::ops::deploy {
namespace {

// The checklist, as it is for one who deploys: backup and mails are steps of it.
Result<std::vector<Checked>> checklist(const config::Config& config, pg::Blocking& connection) {
  auto lines = preflight::check(config, connection);
  if (!lines) return lines;
  for (Checked& each : *lines) {
    if (each.name == "team") each = look_at_mails(config);
    if (each.name == "backup" && each.verdict == Verdict::fail)
      each = {.name = each.name, .title = each.title, .seen = "the deployment makes one first, and proves it"};
  }
  return lines;
}

Result<void> has_backup(const config::Config& config, const std::string& database) {
  const auto store = backup::Store::open(config.backups_folder);
  if (!store) return std::unexpected(store.error());
  const auto recent = backup::require_backup(*store, database);
  if (!recent) return std::unexpected(recent.error());
  return {};
}

// What was backed up before it was stopped, and is gone or too old by now, is backed up again.
void look_at_backup_again(Deployment& deployment, const config::Config& config, const std::string& database) {
  bool is_needed = false;
  for (std::size_t i = 0; i < deployment.steps.size(); ++i)
    is_needed = is_needed || (acts()[i].changes_database && !deployment.steps[i].is_done);
  if (!is_needed || has_backup(config, database)) return;
  const auto step = std::ranges::find(deployment.steps, "backup", &Step::name);
  step->is_done = false;
  step->seen.clear();
}

Result<void> describe_what_comes(Deployment& deployment, pg::Blocking& connection, const config::Config& config) {
  auto ours = migrate::migrations();
  if (!ours) return std::unexpected(std::move(ours).error());
  auto entries = migrate::status(connection, *ours);
  if (!entries) return std::unexpected(std::move(entries).error());
  const auto pending =
      std::ranges::count_if(*entries, [](const auto& each) { return each.state != migrate::State::applied; });
  const auto running = running_server(config.state);
  for (Step& step : deployment.steps) {
    if (step.is_done) continue;
    if (step.name == "migrate") step.seen = fmt::format("{} are pending", pending);
    if (step.name == "handover" && !running) step.seen = "no server runs with this state folder: it is to be started";
    if (step.name == "handover" && running)
      step.seen = fmt::format("from process {} (version {}) to version {}, with its socket", running->pid,
                              running->version, version);
  }
  return {};
}

Result<void> stop_at_what_fails(const Deployment& deployment) {
  std::string names, remedies;
  for (const Checked& each : deployment.checks) {
    if (each.verdict != Verdict::fail) continue;
    names += fmt::format("{}{}: {}", names.empty() ? "" : "; ", each.title, each.seen);
    remedies += fmt::format("{}{}", remedies.empty() ? "" : " ", each.remedy);
  }
  if (names.empty()) return {};
  return failure(fmt::format("Nothing was done: the checklist (pixelpim preflight) says no. {}", names), remedies);
}

Probed sum_of(const std::optional<Probed>& before, const Probed& now) {
  if (!before) return now;
  return {before->requests + now.requests, before->failures + now.failures,
          std::max(before->longest_milliseconds, now.longest_milliseconds),
          before->first_failure.empty() ? now.first_failure : before->first_failure};
}

Result<void> run_act(Context& context, const Act& act, Step& step) {
  context.progress(fmt::format("{}…", act.title));
  const auto began = std::chrono::steady_clock::now();
  Outcome done;
  if (auto backed = act.changes_database ? has_backup(context.config, pg::database_of(context.url)) : Result<void>{};
      !backed)
    done = std::unexpected(std::move(backed).error());
  else
    done = act.run(context);
  if (!done) {
    Problem problem = std::move(done).error();
    problem.message = fmt::format("{} — stopped at the step \"{}\".", problem.message, act.title);
    problem.remedy = fmt::format("{} The same command goes on from here. {}", problem.remedy, act.way_back);
    return std::unexpected(std::move(problem));
  }
  step.is_done = true;
  step.seen = *std::move(done);
  step.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  context.progress("  " + step.seen);
  return {};
}

Result<void> run_acts(Context& context) {
  Deployment& deployment = context.deployment;
  const std::optional<Probed> before = deployment.probed;
  std::optional<Probe> probe;
  for (std::size_t i = 0; i < acts().size(); ++i) {
    if (deployment.steps[i].is_done) continue;
    if (!probe && is_ready(deployment.server)) probe.emplace(deployment.server);
    auto ran = run_act(context, acts()[i], deployment.steps[i]);
    if (probe) deployment.probed = sum_of(before, probe->seen());
    if (auto kept = keep(context.url, deployment); !kept) return kept;
    if (!ran) return ran;
  }
  return {};
}

}  // namespace

Result<Deployment> plan(pg::Blocking& connection, const config::Config& config, const std::string& database,
                        const Options& options) {
  auto deployment = look_up(connection, config, options);
  if (!deployment) return deployment;
  look_at_backup_again(*deployment, config, database);
  auto checks = checklist(config, connection);
  if (!checks) return std::unexpected(std::move(checks).error());
  deployment->checks = *std::move(checks);
  if (auto described = describe_what_comes(*deployment, connection, config); !described)
    return std::unexpected(std::move(described).error());
  return deployment;
}

Result<Deployment> deploy(const config::Config& config, const std::string& database_url, const Options& options,
                          const Progress& progress) {
  auto only_one = LockFile::take(config.state / "deploy.lock");
  if (!only_one) {
    if (only_one.error().code != "locked") return std::unexpected(std::move(only_one).error());
    return failure("Another deployment is under way with this state folder.", "Wait until it ends.");
  }
  auto connection = pg::Blocking::connect(database_url);
  if (!connection) return operator_failure(connection.error());
  auto deployment = plan(*connection, config, pg::database_of(database_url), options);
  if (!deployment) return deployment;
  for (const std::string& line : lines_of(*deployment)) progress(line);
  if (auto may = stop_at_what_fails(*deployment); !may) return std::unexpected(std::move(may).error());
  if (auto begun = begin(*connection, *deployment); !begun) return std::unexpected(std::move(begun).error());

  Context context{config, database_url, *connection, options, progress, *deployment};
  if (auto ran = run_acts(context); !ran) return std::unexpected(std::move(ran).error());
  deployment->state = "done";
  deployment->report = report_file(config, *deployment, ".md");
  if (auto written = write_report(deployment->report, to_markdown(*deployment)); !written)
    return std::unexpected(std::move(written).error());
  if (auto kept = keep(database_url, *deployment); !kept) return std::unexpected(std::move(kept).error());
  return deployment;
}

}  // namespace pim::ops::deploy
