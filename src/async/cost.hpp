// What a request costs the database, wherever its work runs. Each coroutine works for one request or for none; whoever
// resumes a coroutine that waited says so, so that many requests on one thread are told apart.
#pragma once

#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pim {

// Lives as long as everything that was begun for its request.
class Cost {
 public:
  // One statement, from sending it until its rows or its error were there. Statements that ran side by side add up.
  void add(std::chrono::nanoseconds time) noexcept {
    increase(statements_, 1);
    increase(nanoseconds_, time.count());
  }
  std::int64_t statements() const noexcept { return statements_.load(std::memory_order_relaxed); }
  std::chrono::nanoseconds time() const noexcept {
    return std::chrono::nanoseconds{nanoseconds_.load(std::memory_order_relaxed)};
  }
  void begin(std::string_view request_id) {
    request_id_ = request_id;
    statements_.store(0, std::memory_order_relaxed);
    nanoseconds_.store(0, std::memory_order_relaxed);
  }
  const std::string& request_id() const noexcept { return request_id_; }

 private:
  // A request has one thread at a time, or two where its work on a pool and its statements go on side by side: then
  // one of them may be lost, which costs less than a locked instruction for each.
  static void increase(std::atomic<std::int64_t>& number, std::int64_t by) noexcept {
    number.store(number.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  std::string request_id_;
  std::atomic<std::int64_t> statements_ = 0, nanoseconds_ = 0;
};

// Whose work this thread does at the moment; null: no request's.
inline constinit thread_local Cost* charged = nullptr;

// Until the end of its scope the thread works for another.
class Charge {
 public:
  explicit Charge(Cost* cost) noexcept : before_(std::exchange(charged, cost)) {}
  Charge(const Charge&) = delete;
  Charge& operator=(const Charge&) = delete;
  ~Charge() { charged = before_; }

 private:
  Cost* before_;
};

// A coroutine that waits, and whose work it does.
class Waiting {
 public:
  Waiting() = default;
  explicit Waiting(std::coroutine_handle<> coroutine) noexcept : coroutine_(coroutine), cost_(charged) {}
  Cost* cost() const noexcept { return cost_; }
  std::coroutine_handle<> coroutine() const noexcept { return coroutine_; }
  void resume() const { resume(coroutine_); }
  // Another one goes on in its place, for the same request.
  void resume(std::coroutine_handle<> instead) const {
    const Charge charge(cost_);
    instead.resume();
  }

 private:
  std::coroutine_handle<> coroutine_;
  Cost* cost_ = nullptr;
};

}  // namespace pim
