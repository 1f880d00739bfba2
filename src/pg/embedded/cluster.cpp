#include "pg/embedded/cluster.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include "base/lock_file.hpp"
#include "pg/blocking.hpp"
#include "pg/embedded/files.hpp"
#include "pg/embedded/memory.hpp"
#include "pg/embedded/process.hpp"

namespace pim::pg::embedded {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr int oldest_major = 15;
constexpr std::size_t socket_path_bytes_max = 107;
constexpr std::string_view socket_name = "/.s.PGSQL.5432";
constexpr std::string_view unfinished_prefix = "postgres.unfinished";
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

// A folder for the socket whose path is short enough for one, and is one for libpq: that splits it at commas.
fs::path socket_folder(const fs::path& state) {
  fs::path usual = state / "run";
  const bool is_short = usual.native().size() + socket_name.size() <= socket_path_bytes_max;
  if (is_short && !usual.native().contains(',')) return usual;
  return fs::path("/tmp") / fmt::format("pixelpim-{:016x}", std::hash<std::string>{}(state.native()));
}

// Not one that has died and only waits until somebody collects it ("123 (postgres) Z …").
bool is_postgres(pid_t pid) {
  const std::string line = first_line(fmt::format("/proc/{}/stat", pid));
  const std::size_t name_end = line.rfind(") ");
  return name_end != std::string::npos && line.contains("(postgres") && line.compare(name_end + 2, 1, "Z") != 0;
}

bool was_started_for(const fs::path& data, pid_t pid) {
  const std::string arguments = text_of(fmt::format("/proc/{}/cmdline", pid));
  return arguments.contains(std::string("-D") + '\0' + data.lexically_normal().native() + '\0');
}

// A number that a killed postmaster left behind may be another program's by now, also another PostgreSQL's: ours works
// in the data folder. Root may not look there without CAP_SYS_PTRACE, as in a container.
bool is_postmaster_of(const fs::path& data, pid_t pid) {
  if (pid <= 0 || !is_postgres(pid)) return false;
  std::error_code error;
  const bool works_there = fs::equivalent(fmt::format("/proc/{}/cwd", pid), data, error);
  return error == std::errc::permission_denied ? was_started_for(data, pid) : works_there;
}

pid_t pid_in(const fs::path& file) { return std::atoi(first_line(file).c_str()); }

// PostgreSQL does not start while the number in its lock file is that of any living process of its user's. Where that
// is dead PostgreSQL takes the file away itself, and looks first for children that are left.
void remove_stale(const fs::path& lock_file) {
  const pid_t pid = pid_in(lock_file);
  const bool is_dead = pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH;
  std::error_code ignored;
  if (!is_dead) fs::remove(lock_file, ignored);
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

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

// As a value in a file of settings.
std::string quoted_setting(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += c;
    quoted += c == '\n' ? "\\n" : std::string(1, c);
  }
  return quoted + "'";
}

// As an element of a list of folders.
std::string quoted_element(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

// Over soon: the children of a killed postmaster hold its memory for a moment, or another program starts or stops the
// same cluster.
bool goes_away(std::string_view said) {
  return said.contains("pre-existing shared memory block") ||
         (said.contains("lock file") && said.contains("already exists"));
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
  auto account = account_for(state / "postgres");
  if (!account) return std::unexpected(std::move(account).error());
  return Cluster(state, *std::move(programs), *std::move(account));
}

Status Cluster::status() const {
  Status status{.data = data_, .socket = socket_, .log = log_};
  status.version = first_line(data_ / "PG_VERSION");
  status.pid = pid_in(data_ / "postmaster.pid");
  status.running = is_postmaster_of(data_, status.pid);
  if (!status.running) status.pid = 0;
  return status;
}

std::string Cluster::url() const {
  return fmt::format("postgresql:///pixelpim?host={}&user=pixelpim", percent_encoded(socket_.native()));
}

Result<std::string> Cluster::run(const std::string& program, const std::vector<std::string>& arguments,
                                 int inherited) const {
  auto finished = run_as(account_, programs_ / program, arguments, inherited);
  if (!finished) return std::unexpected(std::move(finished).error());
  if (finished->exit_code != 0) return failure(fmt::format("{} failed:\n{}", program, finished->output));
  return std::move(finished->output);
}

std::string Cluster::program_version() const { return programs_.parent_path().filename(); }

// Making it -----------------------------------------------------------------------------------------------------

Result<void> Cluster::prepare_folders() const {
  if (state_.native().find_first_of("\"$`\\\n") !=
      std::string::npos) {  // pg_ctl gives paths to a shell, in quotation marks
    return failure(fmt::format("PostgreSQL can't be started in {}: no path may have any of \" $ ` \\ and line ends.",
                               state_.string()),
                   "Name another state folder with PIXELPIM_STATE.");
  }
  std::error_code error;
  fs::create_directories(state_, error);
  if (error) {
    return failure(fmt::format("The state folder {} can't be made: {}.", state_.string(), error.message()),
                   "Give this user the right to write there, or name another one with PIXELPIM_STATE.");
  }
  if (auto way = check_way(state_, account_); !way) return way;
  if (auto made = make_folder(socket_, account_, 0755); !made) return made;
  fs::create_directories(log_.parent_path(), error);
  return append_text(log_, "", account_);
}

// Those of starts that were killed, where their initdb has ended too.
void Cluster::remove_unfinished() const {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(state_, ignored)) {
    if (!entry.path().filename().native().starts_with(unfinished_prefix)) continue;
    if (const auto nobody_writes = FolderLock::take(entry.path())) fs::remove_all(entry.path(), ignored);
  }
}

// Made under another name and then renamed: what has the name is whole.
Result<void> Cluster::make() const {
  std::error_code error;
  if (fs::exists(data_ / "PG_VERSION", error)) return {};
  const auto found = fs::symlink_status(data_, error);
  if (fs::exists(found) && !(fs::is_directory(found) && fs::is_empty(data_, error))) {
    return failure(fmt::format("{} is there, but it is not a PostgreSQL cluster.", data_.string()),
                   "Move it away, or name another state folder with PIXELPIM_STATE.");
  }
  auto unfinished = make_temporary_folder(state_ / unfinished_prefix, account_);
  if (!unfinished) return std::unexpected(std::move(unfinished).error());
  auto filled = fill(*unfinished);
  if (filled) {
    fs::rename(*unfinished, data_, error);
    if (error) filled = failure(fmt::format("{} can't be made: {}.", data_.string(), error.message()));
  }
  if (!filled) fs::remove_all(*unfinished, error);
  return filled;
}

// initdb goes on when this program is killed: the folder's lock is its too.
Result<void> Cluster::fill(const fs::path& unfinished) const {
  const auto lock = FolderLock::take(unfinished);
  auto initialised = run("initdb",
                         {"--pgdata", unfinished, "--username", "pixelpim", "--encoding", "UTF8", "--locale", "C.UTF-8",
                          "--data-checksums", "--auth", "peer", "--no-instructions"},
                         lock ? lock->descriptor() : -1);
  if (!initialised) return std::unexpected(std::move(initialised).error());

  // Who may come in: root, the user that it runs as, and the user that made it, known by the socket.
  std::string peers;
  for (const std::string& name : {std::string("root"), account_.name, name_of_this_user()}) {
    peers += fmt::format("pixelpim \"{}\" pixelpim\n", name);
  }
  if (auto written = write_text(unfinished / "pg_ident.conf", peers, account_); !written) return written;
  const std::string access = "local all all peer map=pixelpim\nlocal replication all peer map=pixelpim\n";
  if (auto written = write_text(unfinished / "pg_hba.conf", access, account_); !written) return written;
  return append_text(unfinished / "postgresql.conf", "\ninclude_if_exists 'pixelpim.conf'\n", account_);
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
  return write_text(data_ / "pixelpim.conf",
                    fmt::format("# Written by pixelpim at each start; your own settings belong into postgresql.conf.\n"
                                "listen_addresses = ''\nunix_socket_directories = {}\nport = 5432\n"
                                "max_connections = 200\nshared_buffers = {}MB\ntimezone = 'UTC'\nlog_timezone = 'UTC'\n"
                                "max_wal_size = 2GB\njit = off\n"
                                "log_error_verbosity = terse\n",  // DETAIL has the values of rows
                                quoted_setting(quoted_element(socket_.native())), shared_buffers(memory())),
                    account_);
}

// Starting and stopping -----------------------------------------------------------------------------------------

Result<void> Cluster::launch() const {
  const auto end = std::chrono::steady_clock::now() + recovery_patience;
  for (;;) {
    remove_stale(data_ / "postmaster.pid");
    remove_stale(fs::path(socket_.native() + std::string(socket_name) + ".lock"));
    const std::uintmax_t log_end = size_of(log_);
    auto started = run("pg_ctl", {"start", "--pgdata", data_, "--log", log_, "--wait", "--timeout", "120", "--silent"});
    if (started || status().running) return {};
    std::string said = text_of(log_, log_end);
    if (said.empty()) said = started.error().message;
    if (!goes_away(said) || std::chrono::steady_clock::now() >= end) {
      return failure("PostgreSQL did not start. It says:" + last_lines(said, 8),
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
    remove_unfinished();
    if (auto made = make(); !made) return made;
    if (auto fits = check_version(); !fits) return fits;
    if (auto written = write_settings(); !written) return written;
    if (auto launched = launch(); !launched) return launched;
  }
  return make_database();
}

Result<void> Cluster::stop() {
  if (std::error_code ignored; !fs::exists(state_, ignored)) return {};
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
