#include "ops/alerts/alerts.hpp"

#include <fmt/format.h>

#include "json/writer.hpp"
#include "net/call.hpp"
#include "net/fetch.hpp"
#include "observe/log.hpp"
#include "observe/metrics.hpp"
#include "ops/monitor/facts.hpp"
#include "pg/statement.hpp"
#include "sql/ops/alerts.hpp"

namespace pim::ops::alerts {
namespace {

using Text = std::string_view;

struct IsNew {
  bool is_new;
};
BOOST_DESCRIBE_STRUCT(IsNew, (), (is_new))

struct AlertId {
  std::int64_t id;
};
BOOST_DESCRIBE_STRUCT(AlertId, (), (id))

struct AlertRow {
  std::int64_t id;
  Text name, summary, remedy;
  std::int64_t value, threshold;
  pg::Timestamp fired_at;
  std::optional<pg::Timestamp> resolved_at;
};
BOOST_DESCRIBE_STRUCT(AlertRow, (), (id, name, summary, remedy, value, threshold, fired_at, resolved_at))

struct ActRow {
  std::int64_t id;
  Text kind;
  std::int32_t item_count;
  Text email, owner;
};
BOOST_DESCRIBE_STRUCT(ActRow, (), (id, kind, item_count, email, owner))

struct SlowestRow {
  Text name;
  std::int64_t milliseconds, calls;
};
BOOST_DESCRIBE_STRUCT(SlowestRow, (), (name, milliseconds, calls))

namespace sql_of = sql::ops::alerts;
const pg::Statement<IsNew(Text name, Text summary, Text remedy, std::int64_t value, std::int64_t threshold,
                          std::vector<Text> recipients, Text subject, Text body)>
    fire{"alert_fire", sql_of::fire};
const pg::Statement<AlertId(Text name, std::vector<Text> recipients, Text subject, Text body)> resolve{"alert_resolve",
                                                                                                       sql_of::resolve};
const pg::Statement<AlertRow(std::int32_t limit)> list_alerts{"alert_list", sql_of::list_alerts};
const pg::Statement<AlertRow()> find_untold{"alert_untold", sql_of::untold};
const pg::Statement<AlertId(std::int64_t id, bool resolved)> note_told{"alert_note_told", sql_of::note_told};
const pg::Statement<ActRow()> largest_acts{"alert_largest_acts", sql_of::largest_acts};
const pg::Statement<AlertId(Text name, std::int64_t milliseconds)> note_slow{"alert_note_slow", sql_of::note_slow};
const pg::Statement<SlowestRow()> slowest{"alert_slowest", sql_of::slowest};

constexpr std::int32_t alerts_shown = 100;
constexpr auto post_time_max = std::chrono::seconds{10};
constexpr auto post_again = std::chrono::seconds{30};

void add_alert(json::Object& out, const AlertRow& row) {
  out.add("id", row.id)
      .add("name", row.name)
      .add("state", row.resolved_at ? "resolved" : "firing")
      .add("summary", row.summary)
      .add("remedy", row.remedy)
      .add("value", row.value)
      .add("threshold", row.threshold)
      .add("firedAt", row.fired_at)
      .add("resolvedAt", row.resolved_at);
}

// The address is the operator's own and may be inside.
bool post(const std::string& url, std::string body) {
  const auto answer = net::call({.method = "POST",
                                 .url = url,
                                 .body = std::move(body),
                                 .headers = {"Content-Type: application/json"},
                                 .time_max = post_time_max});
  return answer && answer->status >= 200 && answer->status < 300;
}

std::string acts_of_the_hour(const pg::Rows<ActRow>& acts) {
  std::string text;
  for (int i = 0; i < acts.size(); ++i) {
    text +=
        fmt::format("{}{} {} rows by {} in the catalogue of {} (deletion {})", text.empty() ? " Most of them: " : "; ",
                    acts[i].item_count, acts[i].kind, acts[i].email, acts[i].owner, acts[i].id);
  }
  return text;
}

std::string undo_of(const pg::Rows<ActRow>& acts, const std::string& url) {
  if (acts.empty()) return "Look at GET /trash/deletions.";
  return fmt::format("Undo the largest: curl -X POST {}/trash/deletions/{}/restore -H \"Authorization: Bearer $TOKEN\"",
                     url.empty() ? "$PIM" : url, acts[0].id);
}

Task<Result<http::Response>> list(pg::Databases& databases) {
  const auto rows = co_await databases.here().read(list_alerts, alerts_shown);
  http::Response response;
  json::Object body{response.body};
  {
    json::Array data = body.array("data");
    for (int i = 0; i < rows.size(); ++i) {
      json::Object out = data.object();
      add_alert(out, rows[i]);
    }
  }
  body.close();
  co_return response;
}

}  // namespace

// How it is with one thing.
struct Watcher::Finding {
  Text name;
  std::int64_t value, begins_above, over_at;
  std::string summary, remedy;
};

Watcher::Watcher(const config::Config& config) : config_(config), recipients_(net::items_of(config.alert_mail)) {}

pg::Outcome<void> Watcher::look(pg::Blocking& connection) {
  const auto facts = monitor::facts_without_sizes(connection);
  if (!facts) return std::unexpected(facts.error());
  const auto acts = connection.run(largest_acts);
  if (!acts) return std::unexpected(acts.error());
  const auto longest = connection.run(slowest);
  if (!longest) return std::unexpected(longest.error());
  const auto disk = monitor::capacity(config_, facts->database_bytes);
  const std::int64_t deletes = facts->count("delete"), refused = facts->count("refused");
  const std::int64_t percent = disk.total > 0 ? disk.used * 100 / disk.total : 0;
  const std::int64_t slow = longest->empty() ? 0 : (*longest)[0].milliseconds;
  const std::int64_t age = facts->seconds_since_cleanup.value_or(0);
  const bool is_scheduled = config_.cleanup_schedule != "off";

  const std::array<Finding, 6> findings{
      {{.name = "soft_deletes",
        .value = deletes,
        .begins_above = deletes_max,
        .over_at = deletes_again,
        .summary = fmt::format("{} rows were deleted within the last hour.{}", deletes, acts_of_the_hour(*acts)),
        .remedy = undo_of(*acts, config_.public_url)},
       {.name = "slow_queries",
        .value = slow,
        .begins_above = statement_milliseconds_max,
        .over_at = 0,
        .summary = fmt::format("The statement {} took {} ms.", longest->empty() ? "" : (*longest)[0].name, slow),
        .remedy = "Look at `pixelpim monitor queries`."},
       {.name = "storage",
        .value = percent,
        .begins_above = storage_percent_max,
        .over_at = storage_again,
        .summary = fmt::format("{} % of the space for the database is used ({} of {} MB).", percent, disk.used >> 20,
                               disk.total >> 20),
        .remedy = "Look at `pixelpim monitor storage`, and give it more space."},
       {.name = "failed_restores",
        .value = refused,
        .begins_above = 0,
        .over_at = 0,
        .summary = fmt::format("{} restores were refused within the last hour: names or SKUs are taken.", refused),
        .remedy = "Look at `pixelpim monitor restores`. A restore with ?onConflict=rename brings things back beside."},
       {.name = "cleanup_stopped",
        .value = facts->clock_trouble ? 1 : 0,
        .begins_above = 0,
        .over_at = 0,
        .summary = fmt::format("The cleanup of the trash is stopped: {}.", facts->clock_trouble.value_or("")),
        .remedy = "Look at the clock of the database's machine. If it is right: pixelpim cleanup run --accept-clock"},
       {.name = "cleanup_late",
        .value = is_scheduled ? age : 0,
        .begins_above = cleanup_age_max.count(),
        .over_at = cleanup_age_max.count(),
        .summary = fmt::format("The last cleanup of the trash is {} hours ago.", age / 3600),
        .remedy = "Look at `pixelpim cleanup status`."}}};
  for (const Finding& finding : findings) {
    if (auto judged = judge(connection, finding); !judged) return judged;
  }
  return tell_webhook(connection);
}

pg::Outcome<void> Watcher::report(pg::Blocking& connection, Text name, const std::string& summary,
                                  const std::string& remedy) const {
  return judge(connection, {.name = name,
                            .value = summary.empty() ? 0 : 1,
                            .begins_above = 0,
                            .over_at = 0,
                            .summary = summary,
                            .remedy = remedy});
}

pg::Outcome<void> Watcher::judge(pg::Blocking& connection, const Finding& finding) const {
  const std::vector<Text> recipients(recipients_.begin(), recipients_.end());
  if (finding.value > finding.begins_above) {
    const auto fired = connection.run(fire, finding.name, finding.summary, finding.remedy, finding.value,
                                      finding.begins_above, recipients, fmt::format("[PixelPim] {}", finding.name),
                                      fmt::format("{}\n\n{}\n", finding.summary, finding.remedy));
    if (!fired) return std::unexpected(fired.error());
    if ((*fired)[0].is_new) {
      observe::Line(observe::Level::warn, "alert.fired").add("alert", finding.name).add("summary", finding.summary);
    }
  } else if (finding.value <= finding.over_at) {
    const auto resolved =
        connection.run(resolve, finding.name, recipients, fmt::format("[PixelPim] {}: over", finding.name),
                       fmt::format("The alert {} is over.\n", finding.name));
    if (!resolved) return std::unexpected(resolved.error());
    if (!resolved->empty()) observe::Line(observe::Level::info, "alert.resolved").add("alert", finding.name);
  }
  return {};
}

// One that does not answer is asked again, and holds up nothing else for longer than its time.
pg::Outcome<void> Watcher::tell_webhook(pg::Blocking& connection) {
  if (config_.alert_webhook.empty() || std::chrono::steady_clock::now() < next_post_) return {};
  const auto untold = connection.run(find_untold);
  if (!untold) return std::unexpected(untold.error());
  for (int i = 0; i < untold->size(); ++i) {
    const AlertRow row = (*untold)[i];
    std::string body;
    {
      json::Object out{body};
      add_alert(out, row);
    }
    if (!post(config_.alert_webhook, body)) {
      next_post_ = std::chrono::steady_clock::now() + post_again;
      observe::Line(observe::Level::warn, "alert.not_posted").add("alert", row.name);
      return {};
    }
    if (const auto told = connection.run(note_told, row.id, row.resolved_at.has_value()); !told) {
      return std::unexpected(told.error());
    }
  }
  return {};
}

pg::Outcome<void> note_slow_statements(pg::Blocking& connection) {
  const auto& statements = pg::StatementBase::all();
  for (const observe::SlowStatement& slow : observe::take_slow_statements()) {
    if (slow.statement >= statements.size()) continue;
    const auto noted = connection.run(note_slow, statements[slow.statement]->name, slow.milliseconds);
    if (!noted) return std::unexpected(noted.error());
  }
  return {};
}

void add_routes(http::Router& router, pg::Databases& databases) {
  router.add(http::Method::get, "/admin/alerts", http::only(http::Role::admin),
             [&databases](http::Request&, const http::Caller&) { return list(databases); });
}

}  // namespace pim::ops::alerts
