#include "ops/deploy/deploy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/lock_file.hpp"
#include "base/running.hpp"
#include "json/writer.hpp"
#include "net/call.hpp"
#include "ops/backup/backup.hpp"
#include "ops/indexes/indexes.hpp"
#include "ops/journal.hpp"
#include "ops/migrate/baseline.hpp"
#include "ops/migrate/migrate.hpp"
#include "ops/verify/report.hpp"
#include "ops/verify/verify.hpp"
#include "pg/check.hpp"
#include "pg/programs.hpp"
#include "sql/ops.hpp"
#include "sql/ops/deploy.hpp"
#include "version.hpp"

namespace pim::ops::deploy {
namespace {

using namespace std::chrono_literals;

constexpr auto hand_over_max = 120s;

struct Context {
  const config::Config& config;
  const std::string& url;
  pg::Blocking& connection;
  const Options& options;
  const Progress& progress;
  Deployment& deployment;
};
using Outcome = Result<std::string>;  // what came of a step, in words

// --- the steps, in the guide's order ---

Outcome back_up(Context& context) {
  auto store = backup::Store::open(context.config.backups_folder);
  if (!store) return std::unexpected(std::move(store).error());
  const media::Storage storage(context.config);
  auto made = backup::create(
      *store, context.url, storage,
      {.label = "before_deploy", .note = "made by pixelpim deploy", .jobs = context.options.jobs}, context.progress);
  if (!made) return std::unexpected(std::move(made).error());
  const auto graded =
      backup::verify(*store, *made, {.scratch_url = context.url, .jobs = context.options.jobs}, context.progress);
  if (!graded) return std::unexpected(graded.error());
  if (graded->grade != backup::Grade::a)
    return failure(fmt::format("{} is of grade {}: {}", made->name(), static_cast<char>(graded->grade),
                               fmt::join(graded->troubles, "; ")),
                   "Look at the disk and the server, and run the command again.");
  return fmt::format("{}, grade A, {}, SHA-256 {}", made->name(), backup::size_text(made->bytes), made->fingerprint);
}

Outcome adopt(Context& context) {
  auto ours = migrate::migrations();
  if (!ours) return std::unexpected(std::move(ours).error());
  auto entries = migrate::status(context.connection, *ours);
  if (!entries) return std::unexpected(std::move(entries).error());
  const bool is_ours =
      std::ranges::any_of(*entries, [](const auto& each) { return each.state == migrate::State::applied; });
  if (is_ours) return "it is PixelPim's already";
  auto adopted = migrate::baseline(context.connection, *ours, true, false, context.progress);
  if (!adopted) return std::unexpected(std::move(adopted).error());
  if (adopted->is_refused())
    return failure("It can't be adopted as it is.", "`pixelpim migrate baseline` says what is in the way.");
  return fmt::format("adopted ({}), fingerprint {}", adopted->state, adopted->fingerprint);
}

Outcome migrate_schema(Context& context) {
  auto ours = migrate::migrations();
  if (!ours) return std::unexpected(std::move(ours).error());
  auto applied = migrate::deploy(context.connection, *ours, context.progress);
  if (!applied) return std::unexpected(std::move(applied).error());
  return fmt::format("{} applied now; the newest is {}", applied->size(), ours->back().name);
}

Outcome check_client(Context& context) {
  if (auto checked = pg::check_statements(context.url); !checked) return std::unexpected(std::move(checked).error());
  return fmt::format("all {} statements fit the schema", pg::StatementBase::all().size());
}

Outcome build_indexes(Context& context) {
  auto built = indexes::apply(context.connection, context.progress);
  if (!built) return std::unexpected(std::move(built).error());
  const auto found = indexes::status(context.connection);
  if (!found) return std::unexpected(found.error());
  for (const auto& index : *found) {
    if (index.state != indexes::State::ok)
      return failure(fmt::format("The index {} is {}.", index.name, indexes::name_of(index.state)),
                     "pixelpim indexes apply");
  }
  return fmt::format("{} are valid, {} of them built now", found->size(), built->size());
}

bool is_ready(const std::string& server) {
  const auto answer = net::call({.url = server + "/health/ready", .time_max = 30s});
  return answer && answer->status == 200;
}

Result<void> ask_to_be_replaced(Context& context) {
  if (!context.options.restart.empty()) {
    if (std::system(context.options.restart.c_str()) == 0)
      return {};  // NOLINT(concurrency-mt-unsafe,bugprone-command-processor,cert-env33-c): the operator's own
    return failure(fmt::format("`{}` failed.", context.options.restart),
                   "Correct --restart, and run the command again.");
  }
  const auto running = running_server(context.config.state);
  if (!running)
    return failure("No PixelPim serves from this state folder.",
                   "Start it (systemctl start pixelpim, or pixelpim up), and run the command again. Where the replaced "
                   "service still serves, the reverse proxy leads to PixelPim from then on.");
  if (::kill(running->pid, SIGUSR2) == 0) return {};
  return failure(fmt::format("Process {} can't be asked to give way.", running->pid),
                 "Run the command as the user of the service, or with --restart 'systemctl restart pixelpim'.");
}

// The program that serves now is another one, of this version, and answers.
Outcome hand_over(Context& context) {
  const auto before = running_server(context.config.state);
  if (auto asked = ask_to_be_replaced(context); !asked) return std::unexpected(std::move(asked).error());
  const auto end = std::chrono::steady_clock::now() + hand_over_max;
  for (;;) {
    const auto now = running_server(context.config.state);
    const bool is_another = now && (!before || now->began != before->began);
    if (is_another && is_ready(context.deployment.server)) {
      if (now->version != version)
        return failure(fmt::format("The program that came up is version {}, not {}.", now->version, version),
                       "Install the package on this machine, and run the command again.");
      return fmt::format("process {} serves version {} on port {}", now->pid, now->version, now->port);
    }
    if (std::chrono::steady_clock::now() > end)
      return failure(fmt::format("The new program does not answer after {} s.", hand_over_max.count()),
                     "Look at its log (journalctl -u pixelpim), start it, and run the command again.");
    std::this_thread::sleep_for(100ms);
  }
}

Result<void> write_file(const std::filesystem::path& file, const std::string& content) {
  std::error_code ignored;
  std::filesystem::create_directories(file.parent_path(), ignored);
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << content << std::flush;
  if (stream) return {};
  return failure(fmt::format("{} can't be written.", file.string()), "Make room or give the right to write there.");
}

std::filesystem::path report_file(const Context& context, std::string_view ending) {
  return context.config.state / "reports" / fmt::format("deployment_{}{}", context.deployment.entry, ending);
}

Outcome prove(Context& context) {
  const auto report =
      verify::verify(context.config, context.url,
                     {.server = context.deployment.server, .is_first = context.options.is_first}, context.progress);
  if (!report) return std::unexpected(report.error());
  const auto file = report_file(context, "_verification.md");
  if (auto written = write_file(file, verify::to_markdown(*report, context.config.support_email)); !written)
    return std::unexpected(std::move(written).error());
  std::string failed;
  for (const Checked& each : report->checks) {
    if (each.verdict == Verdict::fail)
      failed += fmt::format("{}{}: {}", failed.empty() ? "" : "; ", each.name, each.seen);
  }
  if (!report->ok()) return failure("The verification failed: " + failed, fmt::format("Read {}.", file.string()));
  return fmt::format("all that was looked at is as it should be; report {}, {}", report->hash.substr(0, 12),
                     file.string());
}

struct Plan {
  std::string_view name, title, way_back;
  Outcome (*act)(Context&);
};
constexpr std::string_view schema_way_back =
    "What is applied works with the program of before, which goes on serving. Back: `pixelpim migrate revert`, or the "
    "backup (`pixelpim backup restore`).";
constexpr std::array<Plan, 7> plans{
    {{"backup", "Back up the database, and prove the backup", "Nothing was changed.", back_up},
     {"adopt", "Take over the database of the replaced service", "Nothing was changed.", adopt},
     {"migrate", "Apply the migrations", schema_way_back, migrate_schema},
     {"client", "Compare the program's statements with the schema", schema_way_back, check_client},
     {"indexes", "Build the partial indexes", schema_way_back, build_indexes},
     {"handover", "Hand over to the new program", schema_way_back, hand_over},
     {"verify", "Verify the deployment",
      "`pixelpim rollback quick --confirm` switches the trash off at once; `pixelpim rollback full` leads back to the "
      "database of before.",
      prove}}};

// --- the journal ---

Deployment fresh(const config::Config& config, const Options& options) {
  Deployment deployment{.state = "planned", .version = std::string(version), .server = options.server};
  if (deployment.server.empty()) {
    const auto running = running_server(config.state);
    deployment.server = fmt::format("http://127.0.0.1:{}", running ? running->port : static_cast<int>(config.port));
  }
  for (const Plan& each : plans)
    deployment.steps.push_back({.name = std::string(each.name), .title = std::string(each.title)});
  return deployment;
}

void read_into(Deployment& deployment, std::string_view detail) {
  boost::system::error_code error;
  const auto body = boost::json::parse(detail, error);
  if (error) return;
  for (const auto& each : body.at("steps").as_array()) {
    const std::string_view name = each.at("name").as_string();
    const auto step = std::ranges::find(deployment.steps, name, &Step::name);
    if (step == deployment.steps.end() || !each.at("done").as_bool()) continue;
    step->is_done = true;
    step->seen = each.at("seen").as_string();
    step->seconds = each.at("seconds").to_number<double>();
  }
  if (const auto* const probe = body.at("probe").if_object()) {
    deployment.probed = Probed{
        probe->at("requests").to_number<std::int64_t>(), probe->at("failures").to_number<std::int64_t>(),
        probe->at("longestMilliseconds").to_number<std::int64_t>(), std::string(probe->at("firstFailure").as_string())};
  }
}

// The one that was stopped, of this version, or a new one.
Result<Deployment> take_up(pg::Blocking& connection, const config::Config& config, const Options& options) {
  Deployment deployment = fresh(config, options);
  if (auto made = make_journal(connection); !made) return operator_failure(made.error());
  auto last = connection.query(std::string(sql::ops::deploy::last_deploy));
  if (!last) return operator_failure(last.error());
  if (!last->empty() && last->text(0, 1) == "running" &&
      last->text(0, 2).contains(fmt::format("\"version\": \"{}\"", version))) {
    deployment.entry = last->number(0, 0);
    read_into(deployment, last->text(0, 2));
  } else {
    auto noted = note(connection, "deploy", "running", to_json(deployment));
    if (!noted) return operator_failure(noted.error());
    deployment.entry = *noted;
  }
  deployment.state = "running";
  return deployment;
}

// On a connection of its own each time: a step may have cost the other one.
Result<void> keep(const std::string& url, const Deployment& deployment) {
  auto connection = pg::Blocking::connect(url);
  if (!connection) return operator_failure(connection.error());
  auto kept = connection->query(std::string(sql::ops::deploy::note_progress),
                                {std::to_string(deployment.entry), deployment.state, to_json(deployment)});
  if (!kept) return operator_failure(kept.error());
  return {};
}

Probed sum_of(const std::optional<Probed>& before, const Probed& now) {
  if (!before) return now;
  return {before->requests + now.requests, before->failures + now.failures,
          std::max(before->longest_milliseconds, now.longest_milliseconds),
          before->first_failure.empty() ? now.first_failure : before->first_failure};
}

Result<void> run_step(Context& context, const Plan& plan, Step& step) {
  context.progress(fmt::format("{}…", plan.title));
  const auto began = std::chrono::steady_clock::now();
  auto done = plan.act(context);
  if (!done) {
    Problem problem = std::move(done).error();
    problem.message = fmt::format("{} — stopped at the step \"{}\".", problem.message, plan.title);
    problem.remedy = fmt::format("{} The same command goes on from here. {}", problem.remedy, plan.way_back);
    return std::unexpected(std::move(problem));
  }
  step.is_done = true;
  step.seen = *std::move(done);
  step.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  context.progress("  " + step.seen);
  return {};
}

Result<void> run_steps(Context& context) {
  Deployment& deployment = context.deployment;
  const std::optional<Probed> before = deployment.probed;
  std::optional<Probe> probe;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (deployment.steps[i].is_done) continue;
    if (!probe && is_ready(deployment.server)) probe.emplace(deployment.server);
    auto ran = run_step(context, plans[i], deployment.steps[i]);
    if (probe) deployment.probed = sum_of(before, probe->seen());
    if (auto kept = keep(context.url, deployment); !kept) return kept;
    if (!ran) return ran;
  }
  return {};
}

}  // namespace

Result<Deployment> plan(pg::Blocking& connection, const config::Config& config, const Options& options) {
  Deployment deployment = fresh(config, options);
  auto there = connection.query(std::string(sql::ops::has_table), {"_pixelpim_journal"});
  if (!there) return operator_failure(there.error());
  if (there->text(0, 0) == "t") {
    auto last = connection.query(std::string(sql::ops::deploy::last_deploy));
    if (!last) return operator_failure(last.error());
    if (!last->empty() && last->text(0, 1) == "running") read_into(deployment, last->text(0, 2));
  }
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
  auto deployment = take_up(*connection, config, options);
  if (!deployment) return std::unexpected(std::move(deployment).error());
  Context context{config, database_url, *connection, options, progress, *deployment};
  if (auto ran = run_steps(context); !ran) return std::unexpected(std::move(ran).error());
  deployment->state = "done";
  deployment->report = report_file(context, ".md");
  if (auto written = write_file(deployment->report, to_markdown(*deployment)); !written)
    return std::unexpected(std::move(written).error());
  if (auto kept = keep(database_url, *deployment); !kept) return std::unexpected(std::move(kept).error());
  return *std::move(deployment);
}

std::string to_json(const Deployment& deployment) {
  std::string out;
  json::Object body(out);
  body.add("entry", deployment.entry).add("state", deployment.state).add("version", deployment.version);
  body.add("server", deployment.server).add("report", deployment.report);
  {
    json::Array steps = body.array("steps");
    for (const Step& each : deployment.steps)
      steps.object()
          .add("name", each.name)
          .add("title", each.title)
          .add("done", each.is_done)
          .add("seen", each.seen)
          .add_raw("seconds", fmt::format("{:.3f}", each.seconds));
  }
  if (deployment.probed) {
    const Probed& probed = *deployment.probed;
    body.object("probe")
        .add("requests", probed.requests)
        .add("failures", probed.failures)
        .add("longestMilliseconds", probed.longest_milliseconds)
        .add("firstFailure", probed.first_failure);
  } else {
    body.add("probe", std::nullopt);
  }
  body.close();
  return out;
}

std::string to_markdown(const Deployment& deployment) {
  std::string out = fmt::format(
      "# Deployment {} of PixelPim {}\n\nServer {}; state: {}.\n\n| step | s | what came of it |\n| --- | --- | --- "
      "|\n",
      deployment.entry, deployment.version, deployment.server, deployment.state);
  for (const Step& each : deployment.steps)
    out += fmt::format("| {} | {:.1f} | {} |\n", each.title, each.seconds, each.seen);
  out += "\n## The service all along\n\n";
  if (deployment.probed) {
    out += fmt::format(
        "{} requests, each on a connection of its own: {} failed; the longest took {} ms.{}\n",
        deployment.probed->requests, deployment.probed->failures, deployment.probed->longest_milliseconds,
        deployment.probed->first_failure.empty() ? "" : " The first failure: " + deployment.probed->first_failure);
  } else {
    out += "No server answered before it: there was nothing to probe.\n";
  }
  out += "\n## The way back\n\n`pixelpim rollback quick --confirm` at once; `pixelpim rollback full` altogether.\n";
  return out;
}

}  // namespace pim::ops::deploy
