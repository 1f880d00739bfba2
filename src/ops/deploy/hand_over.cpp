#include "ops/deploy/hand_over.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/running.hpp"
#include "net/call.hpp"
#include "version.hpp"

namespace pim::ops::deploy {
namespace {

using namespace std::chrono_literals;

constexpr auto hand_over_max = 120s;

Result<void> ask_to_be_replaced(const Context& context) {
  if (!context.options.restart.empty()) {
    if (std::system(context.options.restart.c_str()) == 0)
      return {};  // NOLINT(concurrency-mt-unsafe,bugprone-command-processor,cert-env33-c): the operator's own
    return failure(fmt::format("`{}` failed.", context.options.restart),
                   "Correct --restart, and run the command again.");
  }
  const auto running = running_server(context.config.state);
  if (!running)
    return failure("No PixelPim serves from this state folder.",
                   "Start it (systemctl start pixelpim, or pixelpim up), and run the command again. Where the replaced "
                   "service still serves, the reverse proxy leads to PixelPim from then on.");
  if (::kill(running->pid, SIGUSR2) == 0) return {};
  return failure(fmt::format("Process {} can't be asked to give way.", running->pid),
                 "Run the command as the user of the service, or with --restart 'systemctl restart pixelpim'.");
}

}  // namespace

bool is_ready(const std::string& server) {
  const auto answer = net::call({.url = server + "/health/ready", .time_max = 30s});
  return answer && answer->status == 200;
}

Outcome hand_over(Context& context) {
  const auto before = running_server(context.config.state);
  if (auto asked = ask_to_be_replaced(context); !asked) return std::unexpected(std::move(asked).error());
  const auto end = std::chrono::steady_clock::now() + hand_over_max;
  for (;;) {
    const auto now = running_server(context.config.state);
    const bool is_another = now && (!before || now->began != before->began);
    if (is_another && is_ready(context.deployment.server)) {
      if (now->version != version)
        return failure(fmt::format("The program that came up is version {}, not {}.", now->version, version),
                       "Install the package on this machine, and run the command again.");
      return fmt::format("process {} serves version {} on port {}", now->pid, now->version, now->port);
    }
    if (std::chrono::steady_clock::now() > end)
      return failure(fmt::format("The new program does not answer after {} s.", hand_over_max.count()),
                     "Look at its log (journalctl -u pixelpim), start it, and run the command again.");
    std::this_thread::sleep_for(100ms);
  }
}

}  // namespace pim::ops::deploy
