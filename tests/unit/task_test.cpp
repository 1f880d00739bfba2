#include "async/task.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <stdexcept>

namespace pim {
namespace {

// Runs a task to its end on this thread.
template <class T>
T run(Task<T> task) {
  boost::asio::io_context context;
  std::optional<T> outcome;
  std::exception_ptr thrown;
  boost::asio::post(context, [&] {
    spawn([](Task<T> inner, std::optional<T>& out, std::exception_ptr& exception) -> Task<void> {
      try {
        out.emplace(co_await as_result(std::move(inner)));
      } catch (...) {
        exception = std::current_exception();
      }
    }(std::move(task), outcome, thrown));
  });
  context.run();
  if (thrown) std::rethrow_exception(thrown);
  return *std::move(outcome);
}

Task<Result<int>> number(int value) { co_return value; }
Task<Result<int>> trouble(const char* message) { co_return bad_request(message); }
Result<int> plain(bool good) { return good ? Result<int>(5) : bad_request("plain"); }

TEST(Task, gives_the_value_of_what_it_awaits) {
  const auto sum = []() -> Task<Result<int>> {
    const int a = co_await number(1);
    const int b = co_await plain(true);
    co_return a + b;
  };
  EXPECT_EQ(run(sum()), 6);
}

TEST(Task, leaves_with_the_error_of_what_it_awaits) {
  int reached = 0;
  const auto outer = [&]() -> Task<Result<std::string>> {
    reached = 1;
    co_await trouble("inner");
    reached = 2;
    co_return "never";
  };
  const auto outcome = run(outer());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, "inner");
  EXPECT_EQ(reached, 1);

  const auto by_value = []() -> Task<Result<int>> { co_return co_await plain(false); };
  EXPECT_EQ(run(by_value()).error().message, "plain");
}

TEST(Task, gives_the_error_itself_to_who_asks_for_it) {
  const auto outer = []() -> Task<Result<int>> {
    const Result<int> outcome = co_await as_result(trouble("seen"));
    co_return outcome ? 1 : static_cast<int>(outcome.error().message.size());
  };
  EXPECT_EQ(run(outer()), 4);
}

TEST(Task, destroys_its_locals_when_it_leaves_with_an_error) {
  const auto counted = std::make_shared<int>(0);
  const auto outer = [](std::shared_ptr<int> held) -> Task<Result<int>> {
    const std::shared_ptr<int> local = held;
    co_return co_await trouble("gone");
  };
  EXPECT_FALSE(run(outer(counted)));
  EXPECT_EQ(counted.use_count(), 1);
}

TEST(Task, passes_exceptions_on) {
  const auto inner = []() -> Task<Result<int>> {
    throw std::runtime_error("a bug");
    co_return 0;
  };
  const auto outer = [&]() -> Task<Result<int>> { co_return co_await inner(); };
  EXPECT_THROW(run(outer()), std::runtime_error);
}

TEST(Task, does_not_begin_before_it_is_awaited) {
  bool begun = false;
  const auto inner = [&]() -> Task<Result<int>> {
    begun = true;
    co_return 1;
  };
  {
    const Task<Result<int>> never = inner();
    EXPECT_FALSE(begun);
  }
  EXPECT_FALSE(begun);
  EXPECT_EQ(run(inner()), 1);
  EXPECT_TRUE(begun);
}

// Symmetric transfer: a million tasks one after the other need no more stack than one.
TEST(Task, does_not_grow_the_stack) {
  const auto outer = []() -> Task<Result<std::int64_t>> {
    std::int64_t sum = 0;
    for (int i = 0; i < 1'000'000; ++i) sum += co_await number(1);
    co_return sum;
  };
  EXPECT_EQ(run(outer()), 1'000'000);
}

}  // namespace
}  // namespace pim
