// pixelpim db: the PostgreSQL of our own.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "base/lock_file.hpp"
#include "cli/command.hpp"
#include "pg/embedded/cluster.hpp"
#include "pg/programs.hpp"

namespace pim::cli {
namespace {

using pg::embedded::Cluster;

Result<Cluster> cluster_of(const Session& session) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  if (!config->database_url.empty()) {
    return failure("DATABASE_URL is set: that server is used, and there is none of our own.",
                   "Unset DATABASE_URL to use these commands.");
  }
  return Cluster::in(config->state);
}

void print_status(const Session& session, const Cluster& cluster) {
  const auto status = cluster.status();
  if (session.json()) {
    std::string body;
    json::Object out{body};
    out.add("running", status.running).add("pid", status.pid).add("version", status.version);
    out.add("data", status.data.native()).add("socket", status.socket.native()).add("log", status.log.native());
    out.add("url", cluster.url());
    out.close();
    return print(body);
  }
  print(status.running ? fmt::format("PostgreSQL {} runs, process {}.", status.version, status.pid)
        : status.version.empty()
            ? std::string("There is no cluster yet; `pixelpim db start` makes it.")
            : fmt::format("PostgreSQL {} does not run; `pixelpim db start` starts it.", status.version));
  print(fmt::format("data    {}\nsocket  {}\nlog     {}", status.data.native(), status.socket.native(),
                    status.log.native()));
}

Result<int> start(const Session& session) {
  auto cluster = cluster_of(session);
  if (!cluster) return std::unexpected(std::move(cluster).error());
  if (auto started = cluster->start(); !started) return std::unexpected(std::move(started).error());
  print_status(session, *cluster);
  return 0;
}

// Nothing where the file is not there: `up` never ran, and a file of root's would be in the way of another user's.
Result<std::optional<LockFile>> take_up_lock(const std::filesystem::path& file) {
  if (std::error_code ignored; !std::filesystem::exists(file, ignored)) return std::nullopt;
  auto lock = LockFile::take(file);
  if (lock) return *std::move(lock);
  if (lock.error().code != "locked") return std::unexpected(std::move(lock).error());
  return failure("`pixelpim up` is running, and would start the database again.", "Stop it first: it stops both.");
}

Result<int> stop(const Session& session) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  auto cluster = cluster_of(session);
  if (!cluster) return std::unexpected(std::move(cluster).error());
  if (cluster->status().running) {
    auto unused = take_up_lock(config->state / "up.lock");
    if (!unused) return std::unexpected(std::move(unused).error());
    if (auto stopped = cluster->stop(); !stopped) return std::unexpected(std::move(stopped).error());
  }
  print_status(session, *cluster);
  return 0;
}

Result<int> status(const Session& session) {
  auto cluster = cluster_of(session);
  if (!cluster) return std::unexpected(std::move(cluster).error());
  print_status(session, *cluster);
  return cluster->status().running ? 0 : 3;
}

Result<int> url(const Session& session) {
  auto cluster = cluster_of(session);
  if (!cluster) return std::unexpected(std::move(cluster).error());
  if (session.json()) {
    std::string body;
    json::Object(body).add("url", cluster->url());
    print(body);
  } else {
    print(cluster->url());
  }
  return 0;
}

Result<int> psql(const Session& session, std::vector<std::string> arguments) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  auto target = session.database_url(*config);
  if (!target) return std::unexpected(std::move(target).error());
  const pg::Target hidden = pg::target_of(*target);
  if (!hidden.password.empty()) ::setenv("PGPASSWORD", hidden.password.c_str(), 1);
  arguments.insert(arguments.begin(), {"psql", hidden.connection});
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  ::execvp("psql", pointers.data());
  return failure("psql can't be started.", "apt-get install postgresql-client-15");
}

}  // namespace

void add_db(CLI::App& app, Session& session) {
  CLI::App* db = app.add_subcommand("db", "The embedded PostgreSQL: start, stop, look at it");
  db->require_subcommand(1);
  session.add_json_flag(*session.add(*db, "start", "Make it where it is not there, and start it", "pixelpim db start",
                                     [&session] { return start(session); }));
  session.add_json_flag(*session.add(*db, "stop", "Stop it", "pixelpim db stop", [&session] { return stop(session); }));
  session.add_json_flag(*session.add(*db, "status", "Does it run, and where is it? Exits with 3 when it does not run",
                                     "pixelpim db status --json", [&session] { return status(session); }));
  session.add_json_flag(*session.add(*db, "url", "Print its address, for libpq and psql", "psql \"$(pixelpim db url)\"",
                                     [&session] { return url(session); }));
  auto arguments = std::make_shared<std::vector<std::string>>();
  CLI::App* shell = session.add(*db, "psql", "Open psql on it; what follows -- is for psql",
                                "pixelpim db psql -- -c 'SELECT count(*) FROM live.\"Product\"'",
                                [&session, arguments] { return psql(session, *arguments); });
  shell->add_option("arguments", *arguments, "For psql");
}

}  // namespace pim::cli
