// pixelpim up: everything, in one process: the database, its migrations, the server.
#include <filesystem>
#include <memory>

#include "app/serve.hpp"
#include "base/lock_file.hpp"
#include "cli/command.hpp"
#include "cli/demo.hpp"
#include "observe/log.hpp"
#include "ops/migrate/migrate.hpp"
#include "pg/embedded/cluster.hpp"

namespace pim::cli {
namespace {

using pg::embedded::Cluster;
using pg::embedded::Supervisor;

Result<void> migrate_to_newest(const Session& session, pg::Blocking& connection) {
  auto wanted = ops::migrate::migrations();
  if (!wanted) return std::unexpected(std::move(wanted).error());
  auto applied = ops::migrate::deploy(connection, *wanted, [&](const std::string& text) { session.note(text); });
  if (!applied) return std::unexpected(std::move(applied).error());
  for (const std::string& name : *applied) session.note("Applied the migration " + name);
  return {};
}

Result<void> prepare(const Session& session, const std::string& url, bool with_demo) {
  auto connection = pg::Blocking::connect(url);
  if (!connection) return failure("The database is out of reach: " + connection.error().message);
  if (auto migrated = migrate_to_newest(session, *connection); !migrated) return migrated;
  return with_demo ? load_demo(session, *connection) : Result<void>{};
}

Result<app::Served> prepare_and_serve(const Session& session, const config::Config& config, const std::string& url,
                                      bool with_demo) {
  if (auto prepared = prepare(session, url, with_demo); !prepared) return std::unexpected(std::move(prepared).error());
  return app::serve(config, url, [&](int port) {
    session.note(fmt::format("PixelPim serves on http://localhost:{} — Ctrl-C stops it.", port));
    if (with_demo) session.note(demo_welcome(port));
  });
}

// The database is stopped last, whatever ended the service; but not where another program takes over.
Result<app::Served> with_own_database(const Session& session, const config::Config& config, bool with_demo) {
  auto cluster = Cluster::in(config.state);
  if (!cluster) return std::unexpected(std::move(cluster).error());
  if (!cluster->status().running) session.note("Starting the database");
  if (auto started = cluster->start(); !started) return std::unexpected(std::move(started).error());
  Result<app::Served> served;
  {
    const Supervisor supervisor(*cluster, [](const std::string& text) {
      observe::Line(observe::Level::warn, "database.supervisor").add("message", text);
    });
    served = prepare_and_serve(session, config, cluster->url(), with_demo);
  }
  if (served && served->is_replaced()) return served;
  auto stopped = cluster->stop();
  if (served && !stopped) return std::unexpected(std::move(stopped).error());
  return served;
}

Result<int> up(const Session& session, bool with_demo) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  std::error_code error;
  std::filesystem::create_directories(config->state, error);
  if (error) {
    return failure(fmt::format("The state folder {} can't be made: {}.", config->state.string(), error.message()),
                   "Give this user the right to write there, or name another one with PIXELPIM_STATE.");
  }
  auto only_one = LockFile::take(config->state / "up.lock");
  if (!only_one) {
    if (only_one.error().code != "locked") return std::unexpected(std::move(only_one).error());
    return failure(fmt::format("`pixelpim up` is running already with the state folder {}.", config->state.string()),
                   "Use that one, or name another state folder with PIXELPIM_STATE.");
  }
  Result<app::Served> served;
  if (config->database_url.empty()) {
    served = with_own_database(session, *config, with_demo);
  } else {
    auto url = session.database_url(*config);
    if (!url) return std::unexpected(std::move(url).error());
    served = prepare_and_serve(session, *config, *url, with_demo);
  }
  if (!served) return std::unexpected(std::move(served).error());
  if (served->is_replaced()) return std::unexpected(app::become_the_new_program(*served));
  return 0;
}

}  // namespace

void add_up(CLI::App& app, Session& session) {
  auto with_demo = std::make_shared<bool>(false);
  CLI::App* command = session.add(app, "up", "Start the database, migrate it, and serve", "pixelpim up --port 3000",
                                  [&session, with_demo] { return up(session, *with_demo); });
  command->add_option("--port", session.flags.port, "The port to listen on (PORT; 3000)")->check(CLI::Range(1, 65535));
  command->add_flag("--demo", *with_demo, "Make a demo account with a catalogue, where there is none yet");
  command->add_option("--listen", session.flags.listen, "The address to listen on (LISTEN_ADDRESS; 0.0.0.0)");
}

}  // namespace pim::cli
