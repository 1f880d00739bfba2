// The Asio completion token of our coroutines: `auto [error, size] = co_await socket.async_read_some(buffer,
// awaiting);`
#pragma once

#include <boost/asio/async_result.hpp>
#include <coroutine>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "async/cost.hpp"

namespace pim {

struct Awaiting {};
inline constexpr Awaiting awaiting{};

namespace detail {

// Starts the operation when it is awaited; its handler's arguments are what `co_await` gives.
template <class Initiation, class Signature, class... Args>
class OperationAwaiter;

template <class Initiation, class... Results, class... Args>
class OperationAwaiter<Initiation, void(Results...), Args...> {
 public:
  template <class I, class... A>
  explicit OperationAwaiter(I&& initiation, A&&... args)
      : initiation_(std::forward<I>(initiation)), args_(std::forward<A>(args)...) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) {
    auto handler = [this, waiting = Waiting(coroutine)](Results... results) {
      results_.emplace(std::move(results)...);
      waiting.resume();
    };
    std::apply(
        [&](auto&&... args) { std::move(initiation_)(std::move(handler), std::forward<decltype(args)>(args)...); },
        std::move(args_));
  }
  std::tuple<Results...> await_resume() { return *std::move(results_); }

 private:
  Initiation initiation_;
  std::tuple<Args...> args_;
  std::optional<std::tuple<Results...>> results_;
};

}  // namespace detail
}  // namespace pim

template <class... Results>
struct boost::asio::async_result<pim::Awaiting, void(Results...)> {
  template <class Initiation, class... Args>
  static auto initiate(Initiation&& initiation, pim::Awaiting, Args&&... args) {
    return pim::detail::OperationAwaiter<std::decay_t<Initiation>, void(Results...), std::decay_t<Args>...>(
        std::forward<Initiation>(initiation), std::forward<Args>(args)...);
  }
};
