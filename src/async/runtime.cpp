#include "async/runtime.hpp"

#include <boost/asio/executor_work_guard.hpp>

namespace pim {
namespace {
thread_local int worker_number = -1;

// Awaited, the coroutine goes on on the thread of another context.
struct SwitchTo {
  boost::asio::io_context& context;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) {
    boost::asio::post(context, [waiting = Waiting(coroutine)] { waiting.resume(); });
  }
  void await_resume() const noexcept {}
};

}  // namespace

Runtime::Runtime(int threads) {
  for (int i = 0; i < threads; ++i) contexts_.push_back(std::make_unique<boost::asio::io_context>(1));
}

Runtime::~Runtime() {
  stop();
  for (auto& thread : others_) thread.join();
}

int Runtime::here() noexcept { return worker_number; }

Task<void> Runtime::run_on(int thread, Task<void> task) {
  auto& home = context(here());
  co_await SwitchTo{context(thread)};
  co_await std::move(task);
  co_await SwitchTo{home};
}

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
