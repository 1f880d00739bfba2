#include "base/ownership.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <tuple>

namespace pim {
namespace {

using Names = std::vector<std::string_view>;

void give_entry(int parent, const char* name, const struct stat& owner);

// Each is opened from its parent's descriptor: the owner may put a link in the place of any of them meanwhile.
void give_entries(int folder, const struct stat& owner, const Names& except) {
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(folder), ::closedir);
  if (!entries) {
    ::close(folder);
    return;
  }
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && std::ranges::find(except, name) == except.end()) {
      give_entry(folder, entry->d_name, owner);
    }
  }
}

void give_entry(int parent, const char* name, const struct stat& owner) {
  const int entry = ::openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat status{};
  if (entry < 0) return;
  const bool is_known = ::fstat(entry, &status) == 0;
  const bool is_folder = is_known && S_ISDIR(status.st_mode);
  // A file with another name may be one from elsewhere, that the owner has linked to.
  const bool is_file = is_known && S_ISREG(status.st_mode) && status.st_nlink == 1;
  if ((is_folder || is_file) && status.st_uid == 0) std::ignore = ::fchown(entry, owner.st_uid, owner.st_gid);
  if (is_folder) return give_entries(entry, owner, {});
  ::close(entry);
}

}  // namespace

void give_to_owner(const std::filesystem::path& folder, const Names& except) {
  if (::geteuid() != 0) return;
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return;
  struct stat owner{};
  if (::fstat(opened, &owner) == 0 && owner.st_uid != 0) return give_entries(opened, owner, except);
  ::close(opened);
}

}  // namespace pim
