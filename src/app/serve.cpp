#include "app/serve.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <array>
#include <boost/asio/signal_set.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include "async/awaiting.hpp"
#include "auth/gate.hpp"
#include "auth/keys/routes.hpp"
#include "auth/people/routes.hpp"
#include "auth/routes.hpp"
#include "auth/sign_up/routes.hpp"
#include "base/running.hpp"
#include "catalog/attribute_groups/routes.hpp"
#include "catalog/attributes/routes.hpp"
#include "catalog/categories/routes.hpp"
#include "catalog/families/routes.hpp"
#include "catalog/notifications/routes.hpp"
#include "catalog/products/routes.hpp"
#include "exchange/exports/routes.hpp"
#include "exchange/routes.hpp"
#include "http/server.hpp"
#include "jobs/bulk_acts.hpp"
#include "jobs/file_removal.hpp"
#include "jobs/leader.hpp"
#include "jobs/mail.hpp"
#include "jobs/thumbnails.hpp"
#include "jobs/totals.hpp"
#include "media/assets/routes.hpp"
#include "media/groups/routes.hpp"
#include "net/fetch.hpp"
#include "observe/health.hpp"
#include "observe/log.hpp"
#include "observe/metrics.hpp"
#include "ops/alerts/alerts.hpp"
#include "ops/cleanup/notice.hpp"
#include "ops/cleanup/status.hpp"
#include "ops/migrate/migrate.hpp"
#include "ops/monitor/routes.hpp"
#include "page/routes.hpp"
#include "pg/check.hpp"
#include "pg/timing.hpp"
#include "reference/routes.hpp"
#include "trash/routes.hpp"
#include "version.hpp"

namespace pim::app {
namespace {

constexpr int hashing_threads = 2, hashing_waiting_max = 256;
constexpr int importing_threads = 2, imports_waiting_max = 8;
constexpr int exporting_threads = 2, exports_waiting_max = 64;
constexpr int file_threads = 4, files_waiting_max = 1024;
constexpr int fetching_threads = 2, fetches_waiting_max = 16;
constexpr int remote_threads = 8, remote_waiting_max = 256;
constexpr int connections_for_writes = 16;  // over all threads
// What a log-in or a large file takes goes back to the system at once: left to itself, the C library keeps such blocks,
// some for each thread.
constexpr int returned_bytes = 1 << 20;

observe::Level level_of(std::string_view name) {
  if (name == "debug") return observe::Level::debug;
  if (name == "warn") return observe::Level::warn;
  if (name == "error") return observe::Level::error;
  return observe::Level::info;
}

pg::Database::Settings database_settings(const std::string& url, int threads, const config::Config& config) {
  return {.url = url,
          .writers = std::max(2, connections_for_writes / threads),
          .options = fmt::format("-c pixelpim.brake_rows={} -c pixelpim.brake_percent={}", config.brake_rows,
                                 config.brake_percent),
          .lost = [](const std::string& reason) {
            observe::count_lost_connection();
            observe::Line(observe::Level::warn, "database.lost").add("reason", reason);
          }};
}

auth::AttemptLimits attempt_limits(const config::Config& config) {
  return {.per_account = config.attempts_per_account,
          .per_address = config.attempts_per_address,
          .trusted_proxies = config.trusted_proxies};
}

// The names of those that the program carries.
std::vector<std::string> needed_migrations() {
  std::vector<std::string> names;
  if (const auto carried = ops::migrate::migrations()) {
    for (const ops::migrate::Migration& migration : *carried) names.push_back(migration.name);
  }
  return names;
}

// What the routes work with.
struct Parts {
  Runtime& runtime;
  pg::Databases& databases;
  WorkPool& hashing;
  WorkPool& importing;
  WorkPool& exporting;
  exchange::runs::Runs& runs;
  WorkPool& files;
  WorkPool& fetching;
  WorkPool& remote;
  std::shared_ptr<const media::Storage> storage;
  std::shared_ptr<const auth::Tokens> tokens;
  std::shared_ptr<const http::UrlSigner> signer;
  const config::Config& config;
  const std::string& database_url;
  const std::string& secret;
};

// Every route of the program.
void add_routes(http::Router& router, const Parts& parts) {
  const auth::Services accounts{parts.databases, parts.hashing, parts.tokens, parts.secret,
                                attempt_limits(parts.config)};
  observe::add_health_routes(router, {parts.databases,
                                      needed_migrations(),
                                      {parts.config.state, parts.config.assets_folder},
                                      [storage = parts.storage] { return storage->s3().trouble(); }});
  reference::add_routes(router);
  page::add_routes(router);
  auth::add_routes(router, accounts);
  auth::sign_up::add_routes(router, accounts);
  auth::people::add_routes(router, accounts);
  auth::keys::add_routes(router, parts.databases);
  catalog::attribute_groups::add_routes(router, {parts.databases, parts.config.retention_days});
  catalog::attributes::add_routes(router, {parts.databases, parts.config.retention_days, parts.secret});
  catalog::categories::add_routes(router, {parts.databases, parts.config.retention_days, parts.secret});
  catalog::families::add_routes(router, {parts.databases, parts.config.retention_days, parts.secret});
  catalog::products::add_routes(router, {parts.databases, parts.config.retention_days, parts.secret, parts.signer});
  catalog::notifications::add_routes(router, parts.databases);
  const media::Services assets{parts.runtime,
                               parts.databases,
                               parts.files,
                               parts.fetching,
                               parts.remote,
                               parts.signer,
                               parts.storage,
                               parts.config.asset_bytes_max,
                               parts.config.retention_days,
                               net::items_of(parts.config.fetch_allowed_hosts)};
  media::assets::add_routes(router, assets);
  media::groups::add_routes(router, assets);
  exchange::add_routes(router, {parts.runtime, parts.importing, parts.runs, parts.database_url,
                                parts.config.state / "tmp", parts.config.import_bytes_max});
  trash::add_routes(router, {parts.databases, parts.config.retention_days, parts.secret});
  ops::cleanup::add_routes(router, parts.databases);
  ops::cleanup::add_keep_routes(router, parts.databases, parts.config.retention_days, parts.secret);
  ops::alerts::add_routes(router, parts.databases);
  ops::monitor::add_routes(router, parts.databases, parts.config);
  exchange::exports::add_routes(
      router, {parts.runtime, parts.databases, parts.exporting, parts.database_url, parts.config.state / "tmp"});
}

// Everything that serves, on the threads of one runtime.
class Service {
 public:
  Service(const config::Config& config, const std::string& database_url, const std::string& secret, int threads)
      : runtime_(threads),
        databases_(runtime_, database_settings(database_url, threads, config)),
        hashing_(hashing_threads, hashing_waiting_max),
        importing_(importing_threads, imports_waiting_max),
        exporting_(exporting_threads, exports_waiting_max),
        runs_(runtime_, databases_, importing_),
        files_(file_threads, files_waiting_max),
        fetching_(fetching_threads, fetches_waiting_max),
        remote_(remote_threads, remote_waiting_max),
        storage_(std::make_shared<media::Storage>(config)),
        tokens_(std::make_shared<auth::Tokens>(secret, config.jwt_lifetime)),
        signer_(std::make_shared<http::UrlSigner>(secret, config.asset_url_lifetime)),
        totals_(databases_.of(0)),
        bulks_{jobs::BulkRunner(databases_.of(0)), jobs::BulkRunner(databases_.of(0))},
        mails_(database_url, config.smtp),
        file_remover_(database_url, storage_),
        thumbnail_maker_(database_url, storage_),
        leader_(database_url, config, secret),
        signals_(runtime_.context(0), SIGINT, SIGTERM, SIGUSR2) {
    add_routes(router_, {runtime_, databases_, hashing_, importing_, exporting_, runs_, files_, fetching_, remote_,
                         storage_, tokens_, signer_, config, database_url, secret});
  }

  Result<void> listen(const config::Config& config) {
    auto server = http::Server::listen(runtime_, config.listen, config.port, router_,
                                       auth::make_gate(tokens_, signer_, databases_), {}, config.cors_origin);
    if (!server) return std::unexpected(std::move(server).error());
    server_ = *std::move(server);
    return {};
  }

  // Returns when a signal came and everything under way has ended.
  Served run(const std::function<void(int)>& ready) {
    boost::asio::post(runtime_.context(0), [&] {
      spawn(begin(ready));
      spawn(end());
      spawn(totals_.run());
      for (jobs::BulkRunner& bulk : bulks_) spawn(bulk.run());
    });
    runtime_.run();
    return served_;
  }

 private:
  // Answers from the moment on when every thread reaches the database.
  Task<void> begin(const std::function<void(int)>& ready) {
    for (int thread = 0; thread < runtime_.threads(); ++thread) {
      co_await runtime_.run_on(thread, databases_.of(thread).start());
    }
    server_->start();
    observe::Line(observe::Level::info, "server.started").add("port", server_->port()).add("version", version);
    sd_notify(0, "READY=1");
    if (ready) ready(server_->port());
  }

  Task<void> end() {
    auto [error, signal] = co_await signals_.async_wait(awaiting);
    if (signal == SIGUSR2) served_.kept_socket = server_->keep_socket();
    sd_notify(0, served_.is_replaced() ? "RELOADING=1" : "STOPPING=1");
    observe::Line(observe::Level::info, "server.draining").add("signal", signal);
    co_await server_->drain();
    co_await runs_.stop();
    totals_.stop();
    for (jobs::BulkRunner& bulk : bulks_) bulk.stop();
    for (int thread = 0; thread < runtime_.threads(); ++thread) {
      co_await runtime_.run_on(thread, databases_.of(thread).stop());
    }
    observe::Line(observe::Level::info, "server.stopped");  // NOLINT(bugprone-unused-raii): written as it goes
    observe::flush_log();
    runtime_.stop();
  }

  Runtime runtime_;
  pg::Databases databases_;
  WorkPool hashing_;
  WorkPool importing_;
  WorkPool exporting_;
  exchange::runs::Runs runs_;
  WorkPool files_;
  WorkPool fetching_;
  WorkPool remote_;
  std::shared_ptr<const media::Storage> storage_;
  std::shared_ptr<const auth::Tokens> tokens_;
  std::shared_ptr<const http::UrlSigner> signer_;
  http::Router router_;
  jobs::TotalsFolder totals_;
  std::array<jobs::BulkRunner, 2> bulks_;  // two batches at once, of which PostgreSQL has the work
  jobs::MailSender mails_;
  jobs::FileRemover file_remover_;
  jobs::ThumbnailMaker thumbnail_maker_;
  jobs::Leader leader_;
  std::unique_ptr<http::Server> server_;
  boost::asio::signal_set signals_;
  Served served_;
};

std::vector<std::string> own_arguments() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> arguments;
  for (std::string argument; std::getline(file, argument, '\0');) arguments.push_back(argument);
  return arguments;
}

}  // namespace

std::vector<http::Route> routes() {
  const config::Config config;
  const std::string nothing;
  Runtime runtime(1);
  pg::Databases databases(runtime, database_settings(nothing, 1, {}));
  WorkPool pool(1, 1);
  exchange::runs::Runs runs(runtime, databases, pool);
  http::Router router;
  add_routes(router,
             {runtime, databases, pool, pool, pool, runs, pool, pool, pool, std::make_shared<media::Storage>(config),
              std::make_shared<auth::Tokens>(nothing, config.jwt_lifetime),
              std::make_shared<http::UrlSigner>(nothing, config.asset_url_lifetime), config, nothing, nothing});
  return router.routes();
}

Result<Served> serve(const config::Config& config, const std::string& database_url,
                     const std::function<void(int)>& ready) {
  if (auto log = observe::open_log(config.state / "logs", level_of(config.log_level)); !log)
    return std::unexpected(std::move(log).error());
  ::mallopt(M_MMAP_THRESHOLD, returned_bytes);
  pg::set_slow_statement(std::chrono::milliseconds{config.slow_statement_ms});
  auto secret = config::token_secret(config);
  if (!secret) return std::unexpected(std::move(secret).error());
  if (auto checked = pg::check_statements(database_url); !checked) return std::unexpected(std::move(checked).error());

  const int processors = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  Service service(config, database_url, *secret, config.threads > 0 ? config.threads : processors);
  if (auto listening = service.listen(config); !listening) return std::unexpected(std::move(listening).error());
  std::signal(SIGPIPE, SIG_IGN);
  const Served served = service.run([&](int port) {
    write_down(config.state, {.pid = ::getpid(), .port = port, .version = std::string(version)});
    if (ready) ready(port);
  });
  if (!served.is_replaced()) forget_running(config.state);
  return served;
}

Problem become_the_new_program(const Served& served) {
  std::error_code error;
  std::string program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (constexpr std::string_view gone = " (deleted)"; program.ends_with(gone))
    program.resize(program.size() - gone.size());
  std::vector<std::string> arguments = own_arguments();
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  ::setenv("LISTEN_FDS", "1", 1);
  if (served.kept_socket != SD_LISTEN_FDS_START) ::dup2(served.kept_socket, SD_LISTEN_FDS_START);
  ::fcntl(SD_LISTEN_FDS_START, F_SETFD, 0);
  ::execv(program.c_str(), pointers.data());
  return failure(fmt::format("{} can't be started: {}.", program, std::strerror(errno)), "Start the service.").error();
}

}  // namespace pim::app
