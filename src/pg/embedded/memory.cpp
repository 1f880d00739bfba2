#include "pg/embedded/memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string>

#include "pg/embedded/files.hpp"

namespace pim::pg::embedded {
namespace {

namespace fs = std::filesystem;

const fs::path control_groups = "/sys/fs/cgroup";

// "0::/system.slice/pixelpim.service", where the kernel has them in one tree; else the root of it.
fs::path control_group() {
  const std::string line = first_line("/proc/self/cgroup");
  if (!line.starts_with("0::/")) return control_groups;
  return control_groups / line.substr(4);
}

}  // namespace

std::uint64_t memory() {
  auto least = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  for (fs::path group = control_group(); group.native().size() >= control_groups.native().size();
       group = group.parent_path()) {
    const std::string limit = first_line(group / "memory.max");  // "max" where there is none
    std::uint64_t bytes = 0;
    const auto [end, error] = std::from_chars(limit.data(), limit.data() + limit.size(), bytes);
    if (error == std::errc{} && bytes > 0) least = std::min(least, bytes);
  }
  return least;
}

std::uint64_t shared_buffers(std::uint64_t memory) {
  constexpr std::uint64_t least = 128, most = 2048;
  return std::clamp(memory / 8 / (1U << 20), least, most);
}

}  // namespace pim::pg::embedded
