#include "base/lock_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace pim {

Result<LockFile> LockFile::open(const std::filesystem::path& file, int operation) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    return failure(fmt::format("{} can't be opened: {}.", file.string(), std::strerror(errno)),
                   "Give this user the right to write there, or name another state folder with PIXELPIM_STATE.");
  }
  LockFile lock(descriptor);
  while (::flock(descriptor, operation) != 0) {
    if (errno == EINTR) continue;
    return std::unexpected(
        Problem{.code = "locked", .message = fmt::format("{} is held by another program.", file.string())});
  }
  return lock;
}

Result<LockFile> LockFile::wait_for(const std::filesystem::path& file) { return open(file, LOCK_EX); }
Result<LockFile> LockFile::take(const std::filesystem::path& file) { return open(file, LOCK_EX | LOCK_NB); }

LockFile::~LockFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace pim
