#include "pg/embedded/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

namespace pim::pg::embedded {
namespace {

// Between fork and exec of a program with threads only what is safe in a signal handler may be called.
[[noreturn]] void become(const Account& account, bool drop_rights, const char* program, char* const* arguments,
                         int output, int inherited) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int each : {SIGPIPE, SIGINT, SIGQUIT, SIGHUP}) std::signal(each, SIG_DFL);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  if (inherited >= 0) {
    if (::dup2(inherited, 3) < 0 || ::fcntl(3, F_SETFD, 0) != 0) ::_exit(126);
  }
  ::close_range(inherited >= 0 ? 4 : 3, ~0U, 0);
  if (drop_rights && (::setgroups(account.groups.size(), account.groups.data()) != 0 || ::setgid(account.group) != 0 ||
                      ::setuid(account.user) != 0)) {
    ::_exit(126);
  }
  if (::chdir("/") != 0) ::_exit(126);
  ::execv(program, arguments);
  ::_exit(127);
}

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

// What the system knows of a user. The entry points into the buffer.
struct Passwd {
  std::array<char, 16'384> buffer{};
  passwd entry{};
  bool is_found = false;
};

std::unique_ptr<Passwd> user_named(const char* name) {
  auto found = std::make_unique<Passwd>();
  passwd* result = nullptr;
  ::getpwnam_r(name, &found->entry, found->buffer.data(), found->buffer.size(), &result);
  found->is_found = result != nullptr;
  return found;
}

std::unique_ptr<Passwd> user_numbered(uid_t user) {
  auto found = std::make_unique<Passwd>();
  passwd* result = nullptr;
  ::getpwuid_r(user, &found->entry, found->buffer.data(), found->buffer.size(), &result);
  found->is_found = result != nullptr;
  return found;
}

std::optional<Account> account_of(const Passwd& user) {
  if (!user.is_found) return std::nullopt;
  Account account{.name = user.entry.pw_name, .user = user.entry.pw_uid, .group = user.entry.pw_gid};
  int count = 64;
  account.groups.resize(static_cast<std::size_t>(count));
  if (::getgrouplist(user.entry.pw_name, account.group, account.groups.data(), &count) < 0) count = 0;
  account.groups.resize(static_cast<std::size_t>(count));
  return account;
}

}  // namespace

Result<Finished> run_as(const Account& account, const std::string& program, const std::vector<std::string>& arguments,
                        int inherited) {
  std::vector<std::string> texts{program};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);

  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return failure(fmt::format("No pipe: {}.", std::strerror(errno)));
  const bool drop_rights = ::geteuid() == 0 && account.user != 0;
  const pid_t child = ::fork();
  if (child == 0) become(account, drop_rights, program.c_str(), pointers.data(), pipe[1], inherited);
  ::close(pipe[1]);
  if (child < 0) {
    ::close(pipe[0]);
    return failure(fmt::format("{} can't be started: {}.", program, std::strerror(errno)));
  }
  std::string output = read_all(pipe[0]);
  ::close(pipe[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return Finished{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), std::move(output)};
}

Result<Account> unprivileged_account() {
  if (::geteuid() != 0) {
    const auto user = user_numbered(::geteuid());
    return Account{.name = user->is_found ? user->entry.pw_name : std::to_string(::geteuid()),
                   .user = ::geteuid(),
                   .group = ::getegid()};
  }
  for (const char* name : {"pixelpim", "postgres"}) {
    if (auto account = account_of(*user_named(name))) return *account;
  }
  return failure("PostgreSQL does not run as root, and there is no user \"pixelpim\" or \"postgres\" to run it as.",
                 "Make one: useradd --system --home-dir /var/lib/pixelpim --shell /usr/sbin/nologin pixelpim");
}

Result<Account> account_for(const std::filesystem::path& data) {
  struct stat folder{};
  const bool is_others = ::geteuid() == 0 && ::stat(data.c_str(), &folder) == 0 && folder.st_uid != 0;
  if (!is_others) return unprivileged_account();
  if (auto owner = account_of(*user_numbered(folder.st_uid))) return *owner;
  return failure(
      fmt::format("{} belongs to the user {}, whom this machine does not know.", data.string(), folder.st_uid),
      "Make that user, or give the folder to the one that the database is to run as.");
}

}  // namespace pim::pg::embedded
