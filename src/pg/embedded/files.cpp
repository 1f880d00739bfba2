#include "pg/embedded/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <vector>

#include "base/file.hpp"

namespace pim::pg::embedded {
namespace {

namespace fs = std::filesystem;

// Root makes things for others.
bool give(int descriptor, const Account& account) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return false;
  const bool is_theirs = ::geteuid() != 0 || status.st_uid == account.user;
  return is_theirs || ::fchown(descriptor, account.user, account.group) == 0;
}

Result<void> put(const fs::path& file, int how, const std::string& text, const Account& account) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | how, 0644);
  const bool is_written =
      descriptor >= 0 && give(descriptor, account) && write_all(descriptor, text) && ::fsync(descriptor) == 0;
  const int reason = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (is_written) return {};
  return failure(fmt::format("{} can't be written: {}.", file.string(), std::strerror(reason)),
                 "Give this user the right to write there, or name another state folder with PIXELPIM_STATE.");
}

}  // namespace

std::string first_line(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

std::string text_of(const fs::path& file, std::uintmax_t begin) {
  std::ifstream stream(file, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(begin));
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

std::uintmax_t size_of(const fs::path& file) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  return error ? 0 : size;
}

std::string last_lines(const std::string& text, std::size_t count) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::string last;
  for (std::size_t i = lines.size() > count ? lines.size() - count : 0; i < lines.size(); ++i)
    last += "\n  " + lines[i];
  return last;
}

Result<void> make_folder(const fs::path& folder, const Account& account, mode_t mode) {
  if (::mkdir(folder.c_str(), mode) != 0 && errno != EEXIST) {
    return failure(fmt::format("The folder {} can't be made: {}.", folder.string(), std::strerror(errno)),
                   "Give this user the right to write there, or name another state folder with PIXELPIM_STATE.");
  }
  struct stat status{};
  if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return failure(fmt::format("{} is not a folder.", folder.string()), "Move it away.");
  }
  if (status.st_uid == account.user) return {};
  if (::geteuid() != 0) {
    return failure(fmt::format("{} belongs to another user.", folder.string()),
                   fmt::format("Run this as its owner, or name another state folder with PIXELPIM_STATE."));
  }
  if (::lchown(folder.c_str(), account.user, account.group) == 0) return {};
  return failure(fmt::format("{} can't be given to {}: {}.", folder.string(), account.name, std::strerror(errno)));
}

Result<fs::path> make_temporary_folder(const fs::path& prefix, const Account& account) {
  std::string name = prefix.native() + ".XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) {
    return failure(fmt::format("No folder can be made in {}: {}.", prefix.parent_path().string(), std::strerror(errno)),
                   "Give this user the right to write there, or name another state folder with PIXELPIM_STATE.");
  }
  if (auto made = make_folder(name, account, 0700); !made) return std::unexpected(std::move(made).error());
  return name;
}

Result<void> write_text(const fs::path& file, const std::string& text, const Account& account) {
  return put(file, O_TRUNC, text, account);
}

Result<void> append_text(const fs::path& file, const std::string& text, const Account& account) {
  return put(file, O_APPEND, text, account);
}

std::optional<FolderLock> FolderLock::take(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  FolderLock lock(descriptor);
  if (descriptor < 0 || ::flock(descriptor, LOCK_EX | LOCK_NB) != 0) return std::nullopt;
  return lock;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace pim::pg::embedded
