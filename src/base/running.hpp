// The server of a state folder, as it wrote down when it began to answer.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace pim {

struct Running {
  int pid = 0, port = 0;
  std::string version;
  std::string began{};  // another one each time
};

void write_down(const std::filesystem::path& state, const Running& running);
void forget_running(const std::filesystem::path& state);
// nullopt: none runs.
std::optional<Running> running_server(const std::filesystem::path& state);

}  // namespace pim
