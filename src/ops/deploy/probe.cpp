#include "ops/deploy/probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <stop_token>
#include <thread>

#include "net/call.hpp"

namespace pim::ops::deploy {

using namespace std::chrono_literals;

struct Probe::State {
  std::string url;
  mutable std::mutex mutex;
  Probed probed;
  std::jthread thread;

  void ask() {
    const auto began = std::chrono::steady_clock::now();
    const auto answer = net::call({.url = url, .headers = {"Connection: close"}, .time_max = 60s});
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    const bool failed = !answer || answer->status != 200;
    const std::scoped_lock lock(mutex);
    ++probed.requests;
    probed.longest_milliseconds = std::max<std::int64_t>(probed.longest_milliseconds, took.count());
    if (!failed) return;
    if (probed.failures++ == 0)
      probed.first_failure = answer ? fmt::format("status {}", answer->status) : answer.error().message;
  }
};

Probe::Probe(std::string server) : state_(std::make_unique<State>()) {
  state_->url = std::move(server) + "/health/ready";
  state_->thread = std::jthread([state = state_.get()](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      state->ask();
      std::this_thread::sleep_for(20ms);
    }
  });
}

Probe::~Probe() = default;

Probed Probe::seen() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->probed;
}

}  // namespace pim::ops::deploy
