// Task<T>: a lazy coroutine. It starts when it is awaited and resumes whoever awaits it when it is done.
//
// Inside a Task<Result<T>>, `co_await` of anything that ends in a std::expected gives its value, or leaves
// the coroutine with the error (turned into a Problem by `to_problem`). `as_result(…)` around it gives the
// expected itself, for who wants to look at the error.
#pragma once

#include <concepts>
#include <coroutine>
#include <exception>
#include <expected>
#include <optional>
#include <type_traits>
#include <utility>

#include "async/cost.hpp"
#include "base/problem.hpp"

namespace pim {

template <class T>
class Task;

// Something that is under way or done, that is not a coroutine (a statement sent to PostgreSQL). `on_done`
// keeps one callback, called on the thread that awaits; `take` gives the outcome, once.
template <class C>
concept Completion = requires(C& c, void (*callback)(void*), void* context) {
  { c.done() } -> std::same_as<bool>;
  c.on_done(callback, context);
  c.take();
};

// `co_await as_result(x)` gives the std::expected that x ends in, error and all.
template <class T>
struct AsResult {
  T& inner;
};
template <class T>
AsResult<T> as_result(T&& inner) noexcept {
  return AsResult<T>{inner};
}

namespace detail {

template <class T>
inline constexpr bool is_expected = false;
template <class T, class E>
inline constexpr bool is_expected<std::expected<T, E>> = true;

struct PromiseBase {
  // Decides what runs next when this coroutine is done: by default whoever awaited it.
  using Hook = std::coroutine_handle<> (*)(PromiseBase&) noexcept;

  struct Final {
    bool await_ready() const noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) const noexcept {
      PromiseBase& promise = self.promise();
      return promise.hook != nullptr ? promise.hook(promise) : promise.continuation;
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  Final final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }

  std::coroutine_handle<> continuation = std::noop_coroutine();
  Hook hook = nullptr;
  void* hook_context = nullptr;
  std::exception_ptr exception;
};

template <class T>
struct PromiseValue : PromiseBase {
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    if (exception) std::rethrow_exception(exception);
    return *std::move(value);
  }
  std::optional<T> value;
};
template <>
struct PromiseValue<void> : PromiseBase {
  void return_void() const noexcept {}
  void take() const {
    if (exception) std::rethrow_exception(exception);
  }
};

template <class T>
struct Promise : PromiseValue<T> {
  Task<T> get_return_object() noexcept;

  // Leaves the coroutine, which is suspended, with an error: the frame stays until its owner destroys it.
  template <class E>
  std::coroutine_handle<> leave_with(E&& error) {
    this->value.emplace(std::unexpected(to_problem(std::forward<E>(error))));
    return this->hook != nullptr ? this->hook(*this) : this->continuation;
  }

  template <class U>
  static auto await_transform(Task<U>&& task) noexcept;
  template <class U>
  static auto await_transform(AsResult<Task<U>> task) noexcept;
  template <class U>
  static auto await_transform(AsResult<Task<U>&> task) noexcept;
  template <Completion C>
  static auto await_transform(C&& completion) noexcept;
  template <Completion C>
  static auto await_transform(AsResult<C> completion) noexcept;
  template <class U, class E>
  static auto await_transform(std::expected<U, E>&& outcome) noexcept
    requires is_expected<T>;
  template <class A>
    requires(!Completion<std::remove_reference_t<A>>)
  static A&& await_transform(A&& awaitable) noexcept {
    return std::forward<A>(awaitable);
  }
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) noexcept : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  Handle handle() const noexcept { return handle_; }

  // For coroutines of other kinds than Task.
  auto operator co_await() && noexcept;

 private:
  Handle handle_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>{Task<T>::Handle::from_promise(*this)};
}

// Awaits a task and gives what it ends in.
template <class U>
struct TaskAwaiter {
  Task<U>::Handle inner;

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> outer) const noexcept {
    inner.promise().continuation = outer;
    return inner;
  }
  U await_resume() const { return inner.promise().take(); }
};

// Awaits a Task<expected<U, E>> inside a Task<Result<T>>: gives the U, or leaves the outer coroutine.
template <class U, class E>
struct TaskUnwrapper {
  Task<std::expected<U, E>>::Handle inner;

  bool await_ready() const noexcept { return false; }
  template <class P>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<P> outer) const noexcept {
    auto& promise = inner.promise();
    promise.hook_context = outer.address();
    promise.hook = [](PromiseBase& base) noexcept -> std::coroutine_handle<> {
      auto& done = static_cast<Promise<std::expected<U, E>>&>(base);
      auto waiting = std::coroutine_handle<P>::from_address(base.hook_context);
      if (done.exception || done.value->has_value()) return waiting;
      return waiting.promise().leave_with(std::move(*done.value).error());
    };
    return inner;
  }
  U await_resume() const {
    if constexpr (std::is_void_v<U>) {
      inner.promise().take();
    } else {
      return *inner.promise().take();
    }
  }
};

// The same for an expected that is already there.
template <class U, class E>
struct ValueUnwrapper {
  std::expected<U, E> outcome;

  bool await_ready() const noexcept { return outcome.has_value(); }
  template <class P>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<P> outer) noexcept {
    return outer.promise().leave_with(std::move(outcome).error());
  }
  U await_resume() {
    if constexpr (!std::is_void_v<U>) return *std::move(outcome);
  }
};

// The same for a Completion. `unwrap` says whether an error leaves the coroutine or is given.
template <Completion C, bool unwrap>
struct CompletionAwaiter {
  using Outcome = decltype(std::declval<C&>().take());

  C& completion;
  std::optional<Outcome> outcome{};
  Waiting outer{};
  std::coroutine_handle<> (*leave)(std::coroutine_handle<>, Outcome&) = nullptr;

  bool await_ready() noexcept {
    if (!completion.done()) return false;
    outcome.emplace(completion.take());
    return !unwrap || outcome->has_value();
  }
  template <class P>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<P> waiting) {
    if constexpr (unwrap) {
      if (outcome) return waiting.promise().leave_with(std::move(*outcome).error());
      leave = [](std::coroutine_handle<> handle, Outcome& failed) -> std::coroutine_handle<> {
        return std::coroutine_handle<P>::from_address(handle.address()).promise().leave_with(std::move(failed).error());
      };
    }
    outer = Waiting(waiting);
    completion.on_done(
        [](void* context) {
          auto& self = *static_cast<CompletionAwaiter*>(context);
          self.outcome.emplace(self.completion.take());
          const bool leaves = unwrap && !self.outcome->has_value();
          const Waiting outer = self.outer;
          outer.resume(leaves ? self.leave(outer.coroutine(), *self.outcome) : outer.coroutine());
        },
        this);
    return std::noop_coroutine();
  }
  auto await_resume() {
    if constexpr (!unwrap) {
      return *std::move(outcome);
    } else if constexpr (!std::is_void_v<typename Outcome::value_type>) {
      return **std::move(outcome);
    }
  }
};

template <class T>
template <class U>
auto Promise<T>::await_transform(Task<U>&& task) noexcept {
  if constexpr (is_expected<T> && is_expected<U>) {
    return TaskUnwrapper<typename U::value_type, typename U::error_type>{task.handle()};
  } else {
    return TaskAwaiter<U>{task.handle()};
  }
}
template <class T>
template <class U>
auto Promise<T>::await_transform(AsResult<Task<U>> task) noexcept {
  return TaskAwaiter<U>{task.inner.handle()};
}
template <class T>
template <class U>
auto Promise<T>::await_transform(AsResult<Task<U>&> task) noexcept {
  return TaskAwaiter<U>{task.inner.handle()};
}
template <class T>
template <Completion C>
auto Promise<T>::await_transform(C&& completion) noexcept {
  return CompletionAwaiter<std::remove_reference_t<C>, is_expected<T>>{completion};
}
template <class T>
template <Completion C>
auto Promise<T>::await_transform(AsResult<C> completion) noexcept {
  return CompletionAwaiter<std::remove_reference_t<C>, false>{completion.inner};
}
template <class T>
template <class U, class E>
auto Promise<T>::await_transform(std::expected<U, E>&& outcome) noexcept
  requires is_expected<T>
{
  return ValueUnwrapper<U, E>{std::move(outcome)};
}

// A coroutine that nobody waits for; it owns itself.
struct Detached {
  struct promise_type {
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

}  // namespace detail

template <class T>
auto Task<T>::operator co_await() && noexcept {
  return detail::TaskAwaiter<T>{handle_};
}

namespace detail {
inline Detached run_detached(Task<void> task) { co_await std::move(task); }
}  // namespace detail

// Starts a task that nobody waits for, and that no request pays for. An exception that leaves it ends the program.
inline void spawn(Task<void> task) {
  const Charge nobody(nullptr);
  detail::run_detached(std::move(task));
}

}  // namespace pim
