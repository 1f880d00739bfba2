#include "pg/programs.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <memory>

#include "base/text.hpp"

namespace pim::pg {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto pause = 200ms;
constexpr std::size_t said_max = 4000;

std::string in_quotes(std::string_view value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

void append_option(std::string& connection, const std::string& keyword, const std::string& value) {
  connection += fmt::format("{}{}={}", connection.empty() ? "" : " ", keyword, in_quotes(value));
}

// What a URL, or keywords and values, say of a connection.
void for_each_option(const std::string& url, const std::function<void(const std::string&, const std::string&)>& take) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(url.c_str(), nullptr),
                                                                             PQconninfoFree);
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr; ++option) {
    if (option->val != nullptr) take(option->keyword, option->val);
  }
}

// The environment of the program: ours, and the password; nothing of a session's own that would change what it writes.
std::vector<std::string> environment_with(const std::string& password) {
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const bool is_ours = text.starts_with("PGPASSWORD=") || text.starts_with("PGOPTIONS=") || text.starts_with("LC_");
    if (!is_ours) entries.emplace_back(text);
  }
  entries.emplace_back("LC_ALL=C.UTF-8");
  entries.emplace_back("PGOPTIONS=-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c TimeZone=UTC");
  if (!password.empty()) entries.push_back("PGPASSWORD=" + password);
  return entries;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

struct Child {
  pid_t pid = -1;
  int output = -1;
  ~Child() {
    if (output >= 0) ::close(output);
  }
};

// Between fork and exec only what is safe in a signal handler may be called.
Result<void> start(Child& child, const fs::path& program, std::vector<std::string> arguments,
                   std::vector<std::string> environment, bool with_output) {
  arguments.insert(arguments.begin(), program.native());
  const std::vector<char*> argv = pointers_to(arguments), envp = pointers_to(environment);
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return failure(fmt::format("No pipe: {}.", std::strerror(errno)));
  const pid_t parent = ::getpid();
  child.pid = ::fork();
  if (child.pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(126);
    const int nothing = ::open("/dev/null", O_RDWR);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(with_output ? pipe[1] : nothing, STDOUT_FILENO);
    ::dup2(pipe[1], STDERR_FILENO);
    ::execve(program.c_str(), argv.data(), envp.data());
    ::_exit(127);
  }
  const int error = errno;
  ::close(pipe[1]);
  child.output = pipe[0];
  if (child.pid < 0) return failure(fmt::format("{} can't be started: {}.", program.string(), std::strerror(error)));
  return {};
}

// What it says until it ends; of more than `said_max`, the end.
std::string listen_to(const Child& child, const std::function<void()>& waiting) {
  std::string said;
  for (;;) {
    pollfd descriptor{.fd = child.output, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&descriptor, 1, static_cast<int>(std::chrono::milliseconds(pause).count()));
    if (waiting) waiting();
    if (ready <= 0) continue;
    std::array<char, 4096> buffer{};
    const ssize_t size = ::read(child.output, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return said;
    said.append(buffer.data(), static_cast<std::size_t>(size));
    if (said.size() > 2 * said_max) said.erase(0, said.size() - said_max);
  }
}

int exit_code_of(const Child& child) {
  int status = 0;
  while (::waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// The majors that Debian's packages have put the program for, in order.
std::vector<int> installed_majors(const std::string& name) {
  std::vector<int> majors;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
    const std::string folder = entry.path().filename();
    int major = 0;
    std::from_chars(folder.data(), folder.data() + folder.size(), major);
    if (major > 0 && fs::exists(entry.path() / "bin" / name, error)) majors.push_back(major);
  }
  std::ranges::sort(majors);
  return majors;
}

// The program that a shell would run.
fs::path on_path(const std::string& name) {
  const char* const path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const fs::path program = fs::path(rest.substr(0, end)) / name;
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (::access(program.c_str(), X_OK) == 0) return program;
  }
  return {};
}

// "pg_dump (PostgreSQL) 15.14 (Debian …)" → 15
int major_in(std::string_view version) {
  const std::size_t digit = version.find_first_of("0123456789");
  int major = 0;
  if (digit != std::string_view::npos) std::from_chars(version.data() + digit, version.data() + version.size(), major);
  return major;
}

}  // namespace

Target target_of(const std::string& url) {
  Target target;
  for_each_option(url, [&](const std::string& keyword, const std::string& value) {
    if (keyword == "password") {
      target.password = value;
    } else {
      append_option(target.connection, keyword, value);
    }
  });
  return target;
}

std::string database_of(const std::string& url) {
  std::string database;
  for_each_option(url, [&](const std::string& keyword, const std::string& value) {
    if (keyword == "dbname") database = value;
  });
  return database;
}

std::string with_database(const std::string& url, const std::string& database) {
  std::string connection;
  for_each_option(url, [&](const std::string& keyword, const std::string& value) {
    if (keyword != "dbname") append_option(connection, keyword, value);
  });
  append_option(connection, "dbname", database);
  return connection;
}

Result<fs::path> find_program(const std::string& name, int major) {
  for (const int installed : installed_majors(name)) {
    if (installed >= major) return fs::path("/usr/lib/postgresql") / std::to_string(installed) / "bin" / name;
  }
  if (const fs::path program = on_path(name); !program.empty() && major_in(version_of(program)) >= major)
    return program;
  return failure(fmt::format("There is no {} for PostgreSQL {} here.", name, major),
                 fmt::format("apt-get install postgresql-client-{}", major));
}

std::string version_of(const fs::path& program) {
  Child child;
  if (auto started = start(child, program, {"--version"}, environment_with({}), true); !started) return {};
  const std::string said = listen_to(child, {});
  exit_code_of(child);
  const std::size_t name = said.find(')');
  return name == std::string::npos ? std::string() : "PostgreSQL " + std::string(trimmed(said.substr(name + 1)));
}

Result<void> run_program(const fs::path& program, const std::vector<std::string>& arguments, const Target& target,
                         const std::function<void()>& waiting) {
  Child child;
  if (auto started = start(child, program, arguments, environment_with(target.password), false); !started)
    return started;
  const std::string said = listen_to(child, waiting);
  const int code = exit_code_of(child);
  if (code == 0) return {};
  const std::string name = program.filename();
  if (code > 128 && trimmed(said).empty()) return failure(fmt::format("{} was ended by signal {}.", name, code - 128));
  return failure(fmt::format("{} failed: {}", name, trimmed(said)));
}

}  // namespace pim::pg
