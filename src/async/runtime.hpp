// Thread per core: each worker thread has its own io_context and everything that lives on it. Nothing is
// shared between threads but what says so.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

#include "async/task.hpp"

namespace pim {

class Runtime {
 public:
  explicit Runtime(int threads);
  ~Runtime();

  int threads() const noexcept { return static_cast<int>(contexts_.size()); }
  boost::asio::io_context& context(int thread) noexcept { return *contexts_[static_cast<std::size_t>(thread)]; }
  // The number of the worker thread that calls, or -1 on any other thread.
  static int here() noexcept;

  // Runs a task on another worker thread; resumes on the one that called.
  Task<void> run_on(int thread, Task<void> task);

  // Runs all threads; returns when `stop` was called. The calling thread is worker 0.
  void run();
  void stop();

 private:
  std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;
  std::vector<std::thread> others_;
};

// Threads for work that would hold up an event loop: password hashes, imports. Bounded: over
// `waiting_max` jobs, `run` answers 503.
class WorkPool {
 public:
  WorkPool(int threads, int waiting_max) : pool_(static_cast<std::size_t>(threads)), waiting_max_(waiting_max) {}
  ~WorkPool() { pool_.join(); }

  // Runs `work` (a function that returns a Result) on the pool and resumes on the worker thread that called.
  template <class F>
  auto run(boost::asio::io_context& back, F work) -> Task<std::invoke_result_t<F&>>;

 private:
  template <class F, class R>
  struct Job;
  boost::asio::thread_pool pool_;
  std::atomic<int> waiting_ = 0;
  int waiting_max_;
};

template <class F, class R>
struct WorkPool::Job {
  WorkPool& pool;
  boost::asio::io_context& back;
  F& work;
  std::optional<R> outcome{};
  std::exception_ptr exception{};

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) {
    boost::asio::post(pool.pool_, [this, waiting = Waiting(coroutine)] {
      const Charge charge(waiting.cost());
      try {
        outcome.emplace(work());
      } catch (...) {
        exception = std::current_exception();
      }
      --pool.waiting_;
      // The context must not run out of work meanwhile: a worker's context never does (it holds a guard).
      boost::asio::post(back, [waiting] { waiting.resume(); });
    });
  }
  R await_resume() {
    if (exception) std::rethrow_exception(exception);
    return *std::move(outcome);
  }
};

template <class F>
auto WorkPool::run(boost::asio::io_context& back, F work) -> Task<std::invoke_result_t<F&>> {
  using R = std::invoke_result_t<F&>;
  if (++waiting_ > waiting_max_) {
    --waiting_;
    co_return unavailable("too much work is waiting");
  }
  co_return co_await Job<F, R>{*this, back, work};
}

}  // namespace pim
