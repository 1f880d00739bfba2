#include "ops/monitor/routes.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <mutex>

#include "base/sha256.hpp"
#include "json/writer.hpp"
#include "monitor_page.hpp"
#include "monitor_script.hpp"
#include "monitor_style.hpp"
#include "observe/metrics.hpp"
#include "ops/monitor/facts.hpp"
#include "trash/kinds.hpp"
#include "version.hpp"

namespace pim::ops::monitor {
namespace {

using http::Caller;
using http::Request;
using http::Response;

constexpr auto facts_age_max = std::chrono::seconds{10};

bool is_loopback(const Request& request) {
  const std::string_view address = request.remote_address;
  const bool is_forwarded = !request.header("x-forwarded-for").empty() || !request.header("forwarded").empty();
  return !is_forwarded && (address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127."));
}

bool has_token(const Request& request, std::string_view token) {
  const std::string_view header = request.header("authorization");
  constexpr std::string_view scheme = "Bearer ";
  if (token.empty() || !header.starts_with(scheme)) return false;
  const std::string_view given = header.substr(scheme.size());
  return given.size() == token.size() && CRYPTO_memcmp(given.data(), token.data(), token.size()) == 0;
}

double seconds_of(std::int64_t seconds) { return static_cast<double>(seconds); }

void write_requests(observe::Exposition& out, const observe::Counts& counts, const std::vector<http::Route>& routes) {
  const auto name_of_route = [&](std::size_t number) {
    return number == 0 || number > routes.size()
               ? std::pair<std::string_view, std::string_view>("", "none")
               : std::pair<std::string_view, std::string_view>(http::name_of(routes[number - 1].method),
                                                               routes[number - 1].pattern);
  };
  out.family("pixelpim_http_requests_total", "counter", "Requests by route and status.");
  for (std::size_t i = 0; i < counts.routes.size(); ++i) {
    const auto [method, pattern] = name_of_route(i);
    for (const auto& [status, count] : counts.routes[i].statuses) {
      out.sample({{"method", method}, {"route", pattern}, {"status", status == 0 ? "other" : std::to_string(status)}},
                 static_cast<double>(count));
    }
  }
  out.family("pixelpim_http_request_duration_seconds", "histogram", "Time from the head of a request to its answer.");
  for (std::size_t i = 0; i < counts.routes.size(); ++i) {
    const auto [method, pattern] = name_of_route(i);
    if (counts.routes[i].times.count > 0) {
      out.histogram({{"method", method}, {"route", pattern}}, counts.routes[i].times);
    }
  }
}

void write_statements(observe::Exposition& out, const observe::Counts& counts) {
  const auto& all = pg::StatementBase::all();
  const std::size_t known = std::min(all.size(), counts.statements.size());
  out.family("pixelpim_statement_duration_seconds", "histogram", "Time of a statement, waiting for its turn included.");
  for (std::size_t i = 0; i < known; ++i) {
    if (counts.statements[i].times.count > 0) out.histogram({{"statement", all[i]->name}}, counts.statements[i].times);
  }
  // Of every statement, before it runs for the first time: what increases is seen of series that there were.
  out.family("pixelpim_slow_statements_total", "counter", "Statements that took longer than a second.");
  for (std::size_t i = 0; i < known; ++i) {
    out.sample({{"statement", all[i]->name}},
               static_cast<double>(observe::slower_than_a_second(counts.statements[i].times)));
  }
  out.family("pixelpim_statement_errors_total", "counter", "Statements that the database refused.");
  for (std::size_t i = 0; i < known; ++i) {
    if (counts.statements[i].failed == 0) continue;
    out.sample({{"statement", all[i]->name}}, static_cast<double>(counts.statements[i].failed));
  }
}

void write_process(observe::Exposition& out, const observe::Counts& counts) {
  const auto gauge = [&](std::string_view name, observe::Gauge which, std::string_view help) {
    out.family(name, "gauge", help);
    out.sample({}, static_cast<double>(counts.gauges[static_cast<std::size_t>(which)]));
  };
  out.family("pixelpim_build_info", "gauge", "The version that runs.");
  out.sample({{"version", version}}, 1);
  gauge("pixelpim_http_connections", observe::Gauge::connections, "Clients that are connected.");
  gauge("pixelpim_statements_under_way", observe::Gauge::statements_under_way,
        "Statements that are sent or to be sent.");
  gauge("pixelpim_statements_waiting", observe::Gauge::waiting_for_connection, "Of these, those without a connection.");
  gauge("pixelpim_leader", observe::Gauge::leads, "Whether this server does what one does for all.");
  out.family("pixelpim_database_connections_lost_total", "counter",
             "Connections to the database that broke or failed.");
  out.sample({}, static_cast<double>(counts.lost_connections));
}

void write_activity(observe::Exposition& out, const Facts& facts) {
  const auto family = [&](std::string_view name, std::string_view what, std::string_view label, std::string_view help) {
    out.family(name, "gauge", help);
    bool any = false;
    for (const Activity& each : facts.activity) {
      if (each.what != what) continue;
      out.sample({{label, each.kind}}, static_cast<double>(each.rows));
      any = true;
    }
    if (!any) out.sample({{label, "none"}}, 0);
  };
  family("pixelpim_soft_deletes_last_hour", "delete", "kind",
         "Rows that were moved to the trash, by the kind of the act.");
  family("pixelpim_restores_last_hour", "restore", "kind", "Rows that came back.");
  family("pixelpim_restores_refused_last_hour", "refused", "reason", "Restores that were refused, by what was taken.");
  family("pixelpim_purges_last_hour", "purge", "kind", "Rows that were deleted for good.");
  const auto of_kind = [&facts](std::string_view kind) {
    const auto found = std::ranges::find(facts.trash, kind, &TrashSize::kind);
    return found == facts.trash.end() ? TrashSize{} : *found;
  };
  out.family("pixelpim_trash_rows", "gauge", "Rows in the trash.");
  for (const auto& kind : trash::item_kinds) {
    out.sample({{"kind", kind.name}}, static_cast<double>(of_kind(kind.name).rows));
  }
  out.family("pixelpim_trash_oldest_seconds", "gauge", "For how long the oldest of them has been there.");
  for (const auto& kind : trash::item_kinds) {
    out.sample({{"kind", kind.name}}, seconds_of(of_kind(kind.name).oldest_seconds));
  }
}

void write_state(observe::Exposition& out, const Facts& facts, const Capacity& disk) {
  const auto gauge = [&](std::string_view name, double value, std::string_view help) {
    out.family(name, "gauge", help);
    out.sample({}, value);
  };
  out.family("pixelpim_table_bytes", "gauge", "Size of a table with its indexes.");
  for (const TableSize& each : facts.tables) out.sample({{"table", each.name}}, static_cast<double>(each.bytes));
  gauge("pixelpim_database_bytes", static_cast<double>(facts.database_bytes), "Size of the database.");
  if (disk.total > 0) {
    gauge("pixelpim_storage_used_bytes", static_cast<double>(disk.used), "Used space of where the database is.");
    gauge("pixelpim_storage_capacity_bytes", static_cast<double>(disk.total), "All space of where the database is.");
  }
  out.family("pixelpim_outbox_waiting", "gauge", "What waits to be done after a commit.");
  out.sample({{"outbox", "mail"}}, static_cast<double>(facts.mails));
  out.sample({{"outbox", "files"}}, static_cast<double>(facts.file_removals));
  out.sample({{"outbox", "thumbnails"}}, static_cast<double>(facts.thumbnails));
  out.family("pixelpim_outbox_oldest_seconds", "gauge", "For how long the oldest of it has waited.");
  out.sample({{"outbox", "mail"}}, seconds_of(facts.mail_seconds));
  out.sample({{"outbox", "files"}}, seconds_of(facts.file_removal_seconds));
  gauge("pixelpim_cleanup_running", facts.is_cleaning ? 1 : 0, "Whether the trash is being cleaned.");
  gauge("pixelpim_cleanup_age_seconds", seconds_of(facts.seconds_since_cleanup.value_or(0)), "Since the last cleanup.");
  gauge("pixelpim_cleanup_last_purged", static_cast<double>(facts.last_purged), "Rows that the last cleanup purged.");
  gauge("pixelpim_cleanup_failures", static_cast<double>(facts.cleanup_failures), "Rows that could not be purged.");
  gauge("pixelpim_clock_trouble", facts.clock_trouble ? 1 : 0, "Whether the database's clock jumped.");
}

std::string replaced(std::string text, std::string_view mark, std::string_view with) {
  return text.replace(text.find(mark), mark.size(), with);
}

class Endpoints {
 public:
  Endpoints(const http::Router& router, pg::Databases& databases, const config::Config& config)
      : router_(router), databases_(databases), config_(config) {}

  Task<Result<Response>> metrics(Request& request, const Caller&) {
    if (!is_loopback(request) && !has_token(request, config_.metrics_token)) {
      co_return forbidden("Access denied: metrics are for this machine, or for who has the metrics_token");
    }
    const std::shared_ptr<const Facts> known = co_await facts_of_now();
    const auto counts = observe::counts();
    Response response{.content_type = "text/plain; version=0.0.4; charset=utf-8"};
    observe::Exposition out(response.body);
    write_process(out, counts);
    write_requests(out, counts, router_.routes());
    write_statements(out, counts);
    write_activity(out, *known);
    write_state(out, *known, capacity(config_, known->database_bytes));
    co_return response;
  }

  Task<Result<Response>> show_facts(Request&, const Caller&) {
    const std::shared_ptr<const Facts> known = co_await facts_of_now();
    const Capacity disk = capacity(config_, known->database_bytes);
    Response response;
    json::Object body{response.body};
    {
      json::Array activity = body.array("activity");
      for (const Activity& each : known->activity) {
        activity.object().add("what", each.what).add("kind", each.kind).add("rows", each.rows);
      }
    }
    {
      json::Array trash = body.array("trash");
      for (const TrashSize& each : known->trash) {
        trash.object().add("kind", each.kind).add("rows", each.rows).add("oldestSeconds", each.oldest_seconds);
      }
    }
    {
      json::Array tables = body.array("tables");
      for (const TableSize& each : known->tables) tables.object().add("name", each.name).add("bytes", each.bytes);
    }
    body.add("databaseBytes", known->database_bytes).add("usedBytes", disk.used).add("capacityBytes", disk.total);
    body.add("mails", known->mails).add("fileRemovals", known->file_removals).add("thumbnails", known->thumbnails);
    body.add("cleanupFailures", known->cleanup_failures).add("lastPurged", known->last_purged);
    body.add("secondsSinceCleanup", known->seconds_since_cleanup).add("clockTrouble", known->clock_trouble);
    body.close();
    co_return response;
  }

  // One file with its style and script in it, which alone may run.
  static Task<Result<Response>> page(Request&, const Caller&) {
    static const std::string text =
        replaced(replaced(std::string(monitor_page), "/*style*/", monitor_style), "/*script*/", monitor_script);
    static const std::string policy = fmt::format(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'",
        base64_of_sha256(monitor_script), base64_of_sha256(monitor_style));
    Response response{.content_type = "text/html; charset=utf-8", .body = text};
    response.headers.emplace_back("Content-Security-Policy", policy);
    response.headers.emplace_back("Cache-Control", "no-cache");
    co_return response;
  }

 private:
  // Many who ask at once cost the database no more than one.
  Task<Result<std::shared_ptr<const Facts>>> facts_of_now() {
    const auto now = std::chrono::steady_clock::now();
    {
      const std::lock_guard guard(mutex_);
      if (facts_ && now - looked_at_ < facts_age_max) co_return facts_;
    }
    auto found = std::make_shared<const Facts>(co_await facts(databases_.here()));
    const std::lock_guard guard(mutex_);
    facts_ = found;
    looked_at_ = now;
    co_return found;
  }

  const http::Router& router_;
  pg::Databases& databases_;
  const config::Config config_;
  std::mutex mutex_;
  std::shared_ptr<const Facts> facts_;
  std::chrono::steady_clock::time_point looked_at_{};
};

}  // namespace

void add_routes(http::Router& router, pg::Databases& databases, const config::Config& config) {
  const auto endpoints = std::make_shared<Endpoints>(router, databases, config);
  router.add(http::Method::get, "/metrics", http::anyone, http::handler_of(endpoints, &Endpoints::metrics));
  router.add(http::Method::get, "/admin/monitor", http::anyone, Endpoints::page);
  router.add(http::Method::get, "/admin/monitor/facts", http::only(http::Role::admin),
             http::handler_of(endpoints, &Endpoints::show_facts));
}

}  // namespace pim::ops::monitor
