#include "ops/deploy/record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>

#include "base/running.hpp"
#include "json/writer.hpp"
#include "ops/backup/store.hpp"
#include "ops/deploy/steps.hpp"
#include "ops/has_table.hpp"
#include "ops/journal.hpp"
#include "sql/ops/deploy.hpp"
#include "version.hpp"

namespace pim::ops::deploy {
namespace {

Deployment fresh(const config::Config& config, const Options& options) {
  Deployment deployment{.state = "planned", .version = std::string(version), .server = options.server};
  if (deployment.server.empty()) {
    const auto running = running_server(config.state);
    deployment.server = fmt::format("http://127.0.0.1:{}", running ? running->port : static_cast<int>(config.port));
  }
  deployment.began = backup::now_text();
  deployment.by = options.by.empty() ? backup::this_operator() : options.by;
  deployment.minutes = options.minutes;
  for (const Act& each : acts())
    deployment.steps.push_back({.name = std::string(each.name), .title = std::string(each.title)});
  return deployment;
}

void read_into(Deployment& deployment, const boost::json::object& body) {
  deployment.began = body.at("began").as_string();
  deployment.by = body.at("by").as_string();
  deployment.minutes = body.at("minutes").to_number<int>();
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

void add_steps(json::Object& body, const Deployment& deployment) {
  json::Array steps = body.array("steps");
  for (const Step& each : deployment.steps)
    steps.object()
        .add("name", each.name)
        .add("title", each.title)
        .add("done", each.is_done)
        .add("seen", each.seen)
        .add_raw("seconds", fmt::format("{:.3f}", each.seconds));
}

void add_checks(json::Object& body, const Deployment& deployment) {
  json::Array checks = body.array("checks");
  for (const Checked& each : deployment.checks)
    checks.object()
        .add("name", each.name)
        .add("title", each.title)
        .add("verdict", name_of(each.verdict))
        .add("seen", each.seen)
        .add("remedy", each.remedy);
}

}  // namespace

Result<Deployment> look_up(pg::Blocking& connection, const config::Config& config, const Options& options) {
  Deployment deployment = fresh(config, options);
  auto there = has_table(connection, "_pixelpim_journal");
  if (!there) return operator_failure(there.error());
  if (!*there) return deployment;
  auto last = connection.query(std::string(sql::ops::deploy::last_deploy));
  if (!last) return operator_failure(last.error());
  if (last->empty() || last->text(0, 1) != "running") return deployment;
  boost::system::error_code error;
  const auto body = boost::json::parse(last->text(0, 2), error);
  // Another version goes its way from the beginning: what that one did is not what this one has to do.
  if (error || body.at("version").as_string() != version || !body.as_object().contains("began")) return deployment;
  deployment.entry = last->number(0, 0);
  read_into(deployment, body.as_object());
  return deployment;
}

Result<void> begin(pg::Blocking& connection, Deployment& deployment) {
  deployment.state = "running";
  if (deployment.entry != 0) return {};
  if (auto made = make_journal(connection); !made) return operator_failure(made.error());
  auto noted = note(connection, "deploy", deployment.state, to_json(deployment));
  if (!noted) return operator_failure(noted.error());
  deployment.entry = *noted;
  return {};
}

Result<void> keep(const std::string& database_url, const Deployment& deployment) {
  auto connection = pg::Blocking::connect(database_url);
  if (!connection) return operator_failure(connection.error());
  if (auto kept = note_again(*connection, deployment.entry, deployment.state, to_json(deployment)); !kept)
    return operator_failure(kept.error());
  return {};
}

std::string to_json(const Deployment& deployment) {
  std::string out;
  json::Object body(out);
  body.add("entry", deployment.entry).add("state", deployment.state).add("version", deployment.version);
  body.add("server", deployment.server).add("report", deployment.report);
  body.add("began", deployment.began).add("by", deployment.by).add("minutes", deployment.minutes);
  add_checks(body, deployment);
  add_steps(body, deployment);
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

}  // namespace pim::ops::deploy
