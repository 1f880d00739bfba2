#include "base/running.hpp"

#include <fmt/format.h>

#include <chrono>
#include <fstream>

namespace pim {
namespace {

constexpr std::string_view running_name = "server.txt";

}  // namespace

void write_down(const std::filesystem::path& state, const Running& running) {
  const auto began = std::chrono::system_clock::now().time_since_epoch().count();
  const std::filesystem::path unfinished = state / "server.txt.new";
  std::ofstream(unfinished) << fmt::format("{} {} {} {}\n", running.pid, running.port, running.version, began);
  std::error_code ignored;
  std::filesystem::rename(unfinished, state / running_name, ignored);
}

void forget_running(const std::filesystem::path& state) {
  std::error_code ignored;
  std::filesystem::remove(state / running_name, ignored);
}

std::optional<Running> running_server(const std::filesystem::path& state) {
  std::ifstream file(state / running_name);
  Running found;
  if (!(file >> found.pid >> found.port >> found.version >> found.began)) return std::nullopt;
  std::ifstream name(fmt::format("/proc/{}/comm", found.pid));  // of whoever has the number now
  std::string command;
  if (!(name >> command) || command != "pixelpim") return std::nullopt;
  return found;
}

}  // namespace pim
