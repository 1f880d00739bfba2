#include "pg/embedded/cluster.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>

#include "base/lock_file.hpp"
#include "pg/blocking.hpp"
#include "pg/embedded/process.hpp"

namespace pim::pg::embedded {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr int oldest_major = 15;
constexpr std::size_t socket_path_bytes_max = 107;
constexpr std::string_view socket_name = "/.s.PGSQL.5432";
constexpr auto recovery_patience = 20s;  // for the children of a killed postmaster to go away

// The newest PostgreSQL that is installed, where Debian puts them.
Result<fs::path> find_programs() {
  int best = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const int major = std::atoi(entry.path().filename().c_str());
    if (major > best && fs::exists(entry.path() / "bin" / "initdb", ignored)) best = major;
  }
  if (best >= oldest_major) return fs::path("/usr/lib/postgresql") / std::to_string(best) / "bin";
  return failure(fmt::format("PostgreSQL {} or newer is not installed.", oldest_major),
                 "apt-get install postgresql-15, or set DATABASE_URL to a server that you have.");
}

// A folder for the socket whose path is short enough for one.
fs::path socket_folder(const fs::path& state) {
  const fs::path usual = state / "run";
  if (usual.native().size() + socket_name.size() <= socket_path_bytes_max) return usual;
  return fs::path("/tmp") / fmt::format("pixelpim-{:016x}", std::hash<std::string>{}(state.native()));
}

std::string last_lines(const fs::path& file, int count) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::string text;
  for (std::size_t i = lines.size() > static_cast<std::size_t>(count) ? lines.size() - static_cast<std::size_t>(count)
                                                                      : 0;
       i < lines.size(); ++i) {
    text += "\n  " + lines[i];
  }
  return text;
}

std::string first_line(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

// A number that a killed postmaster left behind may be another program's by now; or still its own, dead, until
// somebody collects it ("123 (postgres) Z …").
bool is_postgres(pid_t pid) {
  const std::string line = first_line(fmt::format("/proc/{}/stat", pid));
  const std::size_t name_end = line.rfind(") ");
  return name_end != std::string::npos && line.contains("(postgres") && line.compare(name_end + 2, 1, "Z") != 0;
}

bool may_enter(const struct stat& folder, const Account& account) {
  if (account.user == folder.st_uid) return (folder.st_mode & S_IXUSR) != 0;
  const bool in_group =
      account.group == folder.st_gid || std::ranges::find(account.groups, folder.st_gid) != account.groups.end();
  return (folder.st_mode & (in_group ? S_IXGRP : S_IXOTH)) != 0;
}

// PostgreSQL's user must be able to go through every folder above its own.
Result<void> check_way(const fs::path& folder, const Account& account) {
  for (fs::path at = folder; at != at.root_path(); at = at.parent_path()) {
    struct stat status{};
    if (::stat(at.c_str(), &status) == 0 && !may_enter(status, account)) {
      return failure(fmt::format("The database runs as the user {}, who may not enter {}.", account.name, at.string()),
                     fmt::format("chmod a+x {}, or name another state folder with PIXELPIM_STATE.", at.string()));
    }
  }
  return {};
}

// A folder that belongs to `account`.
Result<void> make_folder(const fs::path& folder, const Account& account, mode_t mode) {
  if (::mkdir(folder.c_str(), mode) != 0 && errno != EEXIST) {
    return failure(fmt::format("The folder {} can't be made: {}.", folder.string(), std::strerror(errno)),
                   "Give this user the right to write there, or name another state folder with PIXELPIM_STATE.");
  }
  struct stat status{};
  if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return failure(fmt::format("{} is not a folder.", folder.string()), "Move it away.");
  }
  if (::geteuid() == 0 && status.st_uid != account.user && ::chown(folder.c_str(), account.user, account.group) != 0) {
    return failure(fmt::format("{} can't be given to {}: {}.", folder.string(), account.name, std::strerror(errno)));
  }
  if (status.st_uid != account.user && ::geteuid() != 0) {
    return failure(fmt::format("{} belongs to another user.", folder.string()),
                   fmt::format("Run this as its owner, or name another state folder with PIXELPIM_STATE."));
  }
  return {};
}

Result<void> write_text(const fs::path& file, const std::string& text, const Account& account) {
  std::ofstream stream(file, std::ios::trunc);
  stream << text;
  stream.close();
  if (!stream) return failure(fmt::format("{} can't be written.", file.string()));
  if (::geteuid() == 0 && ::chown(file.c_str(), account.user, account.group) != 0) {
    return failure(fmt::format("{} can't be given to {}.", file.string(), account.name));
  }
  return {};
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

std::string name_of_this_user() {
  auto account = unprivileged_account();
  return ::geteuid() == 0 || !account ? "root" : account->name;
}

}  // namespace

Cluster::Cluster(fs::path state, fs::path programs, Account account)
    : state_(std::move(state)),
      programs_(std::move(programs)),
      data_(state_ / "postgres"),
      socket_(socket_folder(state_)),
      log_(state_ / "logs" / "postgres.log"),
      account_(std::move(account)) {}

Result<Cluster> Cluster::in(const fs::path& state) {
  auto programs = find_programs();
  if (!programs) return std::unexpected(std::move(programs).error());
  auto account = unprivileged_account();
  if (!account) return std::unexpected(std::move(account).error());
  return Cluster(state, *std::move(programs), *std::move(account));
}

Status Cluster::status() const {
  Status status{.data = data_, .socket = socket_, .log = log_};
  status.version = first_line(data_ / "PG_VERSION");
  status.pid = std::atoi(first_line(data_ / "postmaster.pid").c_str());
  status.running = status.pid > 0 && is_postgres(status.pid);
  if (!status.running) status.pid = 0;
  return status;
}

std::string Cluster::url() const {
  return fmt::format("postgresql:///pixelpim?host={}&user=pixelpim", percent_encoded(socket_.native()));
}

Result<std::string> Cluster::run(const std::string& program, const std::vector<std::string>& arguments) const {
  auto finished = run_as(account_, programs_ / program, arguments);
  if (!finished) return std::unexpected(std::move(finished).error());
  if (finished->exit_code != 0) return failure(fmt::format("{} failed:\n{}", program, finished->output));
  return std::move(finished->output);
}

std::string Cluster::program_version() const { return programs_.parent_path().filename(); }

// Making it -----------------------------------------------------------------------------------------------------

Result<void> Cluster::prepare_folders() const {
  std::error_code error;
  fs::create_directories(state_, error);
  if (error) {
    return failure(fmt::format("The state folder {} can't be made: {}.", state_.string(), error.message()),
                   "Give this user the right to write there, or name another one with PIXELPIM_STATE.");
  }
  if (auto way = check_way(state_, account_); !way) return way;
  if (auto made = make_folder(socket_, account_, 0755); !made) return made;
  fs::create_directories(log_.parent_path(), error);
  if (std::ofstream touched(log_, std::ios::app); !touched) {
    return failure(fmt::format("{} can't be written.", log_.string()), "Give this user the right to write there.");
  }
  if (::geteuid() == 0 && ::chown(log_.c_str(), account_.user, account_.group) != 0) {
    return failure(fmt::format("{} can't be given to {}.", log_.string(), account_.name));
  }
  return {};
}

// Made under another name and then renamed: what has the name is whole.
Result<void> Cluster::make() const {
  std::error_code error;
  if (fs::exists(data_ / "PG_VERSION", error)) return {};
  if (fs::exists(data_, error) && !fs::is_empty(data_, error)) {
    return failure(fmt::format("{} is there, but it is not a PostgreSQL cluster.", data_.string()),
                   "Move it away, or name another state folder with PIXELPIM_STATE.");
  }
  const fs::path unfinished = state_ / "postgres.unfinished";
  fs::remove_all(unfinished, error);
  if (auto made = make_folder(unfinished, account_, 0700); !made) return made;
  auto initialised = run("initdb", {"--pgdata", unfinished, "--username", "pixelpim", "--encoding", "UTF8", "--locale",
                                    "C.UTF-8", "--data-checksums", "--auth", "peer", "--no-instructions"});
  if (!initialised) return std::unexpected(std::move(initialised).error());

  // Who may come in: root, the user that it runs as, and the user that made it, known by the socket.
  std::string peers;
  for (const std::string& name : {std::string("root"), account_.name, name_of_this_user()}) {
    peers += fmt::format("pixelpim \"{}\" pixelpim\n", name);
  }
  if (auto written = write_text(unfinished / "pg_ident.conf", peers, account_); !written) return written;
  const std::string access = "local all all peer map=pixelpim\nlocal replication all peer map=pixelpim\n";
  if (auto written = write_text(unfinished / "pg_hba.conf", access, account_); !written) return written;
  if (std::ofstream settings(unfinished / "postgresql.conf", std::ios::app); settings) {
    settings << "\ninclude_if_exists 'pixelpim.conf'\n";
  }
  fs::remove(data_, error);  // an empty one
  fs::rename(unfinished, data_, error);
  if (error) return failure(fmt::format("{} can't be made: {}.", data_.string(), error.message()));
  return {};
}

Result<void> Cluster::check_version() const {
  const std::string version = first_line(data_ / "PG_VERSION");
  if (version == program_version()) return {};
  return failure(fmt::format("The data in {} belongs to PostgreSQL {}, but {} is what is installed.", data_.string(),
                             version, program_version()),
                 fmt::format("Install postgresql-{}, or move the data with pg_upgrade.", version));
}

// Written anew at each start: a moved state folder has another socket.
Result<void> Cluster::write_settings() const {
  return write_text(
      data_ / "pixelpim.conf",
      fmt::format("# Written by pixelpim at each start; your own settings belong into postgresql.conf.\n"
                  "listen_addresses = ''\nunix_socket_directories = '{}'\nport = 5432\n"
                  "max_connections = 200\nshared_buffers = 128MB\ntimezone = 'UTC'\nlog_timezone = 'UTC'\n"
                  "max_wal_size = 2GB\njit = off\n",
                  socket_.string()),
      account_);
}

// Starting and stopping -----------------------------------------------------------------------------------------

Result<void> Cluster::launch() const {
  const auto end = std::chrono::steady_clock::now() + recovery_patience;
  for (;;) {
    auto started = run("pg_ctl", {"start", "--pgdata", data_, "--log", log_, "--wait", "--timeout", "120", "--silent"});
    if (started || status().running) return {};
    // The children of a postmaster that was killed hold its shared memory for a moment.
    if (std::chrono::steady_clock::now() >= end) {
      return failure("PostgreSQL did not start. Its log ends with:" + last_lines(log_, 8),
                     fmt::format("Read {}; correct what it says, then try again.", log_.string()));
    }
    std::this_thread::sleep_for(200ms);
  }
}

// A postmaster that is there may have lost a backend, and recover, or be about to end: both are over soon.
Result<void> Cluster::make_database() const {
  const std::string maintenance =
      fmt::format("postgresql:///postgres?host={}&user=pixelpim", percent_encoded(socket_.native()));
  const auto end = std::chrono::steady_clock::now() + recovery_patience;
  auto connection = Blocking::connect(maintenance);
  while (!connection && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(100ms);
    if (!status().running) {
      if (auto launched = launch(); !launched) return launched;
    }
    connection = Blocking::connect(maintenance);
  }
  if (!connection) return failure("The database can't be reached: " + connection.error().message);
  auto found = connection->query("SELECT 1 FROM pg_database WHERE datname = 'pixelpim'");
  if (found && found->empty()) {
    // Another program may be as quick: then it is there.
    auto made = connection->query("CREATE DATABASE pixelpim");
    if (!made && made.error().sqlstate != "42P04")
      return failure("The database can't be made: " + made.error().message);
  }
  return {};
}

Result<void> Cluster::start() {
  if (auto prepared = prepare_folders(); !prepared) return prepared;
  auto lock = LockFile::wait_for(state_ / "postgres.lock");
  if (!lock) return std::unexpected(std::move(lock).error());
  if (!status().running) {
    if (auto made = make(); !made) return made;
    if (auto fits = check_version(); !fits) return fits;
    if (auto written = write_settings(); !written) return written;
    if (auto launched = launch(); !launched) return launched;
  }
  return make_database();
}

Result<void> Cluster::stop() {
  auto lock = LockFile::wait_for(state_ / "postgres.lock");
  if (!lock) return std::unexpected(std::move(lock).error());
  if (!status().running) return {};
  auto stopped = run("pg_ctl", {"stop", "--pgdata", data_, "--mode", "fast", "--wait", "--timeout", "60", "--silent"});
  if (!stopped && status().running) return std::unexpected(std::move(stopped).error());
  return {};
}

// The supervisor ------------------------------------------------------------------------------------------------

Supervisor::Supervisor(Cluster& cluster, std::function<void(const std::string&)> report)
    : cluster_(cluster), report_(std::move(report)), thread_([this] { watch(); }) {}

Supervisor::~Supervisor() {
  stopping_ = true;
  thread_.join();
}

void Supervisor::watch() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);  // signals are for the main thread
  while (!stopping_) {
    std::this_thread::sleep_for(200ms);
    if (stopping_ || cluster_.status().running) continue;
    report_("PostgreSQL died; it is started again");
    if (auto started = cluster_.start(); started) {
      report_("PostgreSQL runs again");
    } else {
      report_("PostgreSQL does not start: " + started.error().message);
      std::this_thread::sleep_for(1s);
    }
  }
}

}  // namespace pim::pg::embedded
