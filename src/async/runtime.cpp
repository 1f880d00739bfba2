#include "async/runtime.hpp"

#include <boost/asio/executor_work_guard.hpp>

namespace pim {
namespace {
thread_local int worker_number = -1;
}

Runtime::Runtime(int threads) {
  for (int i = 0; i < threads; ++i) contexts_.push_back(std::make_unique<boost::asio::io_context>(1));
}

Runtime::~Runtime() {
  stop();
  for (auto& thread : others_) thread.join();
}

int Runtime::here() noexcept { return worker_number; }

void Runtime::run() {
  auto work = [this](int number) {
    worker_number = number;
    auto guard = boost::asio::make_work_guard(context(number));
    context(number).run();
  };
  for (int i = 1; i < threads(); ++i) others_.emplace_back(work, i);
  work(0);
  for (auto& thread : others_) thread.join();
  others_.clear();
}

void Runtime::stop() {
  for (auto& context : contexts_) context->stop();
}

}  // namespace pim
