#include "async/task.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <expected>
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

// An error of another kind, as a driver has.
struct Fault {
  int number;
};
Problem to_problem(Fault fault) { return {.status = 409, .code = "fault", .message = std::to_string(fault.number)}; }

TEST(Task, turns_errors_of_other_kinds_into_problems) {
  const auto faulty = []() -> Task<std::expected<int, Fault>> { co_return std::unexpected(Fault{7}); };
  const auto outer = [&]() -> Task<Result<std::string>> {
    co_await faulty();
    co_return "never";
  };
  const auto outcome = run(outer());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, "fault");
  EXPECT_EQ(outcome.error().message, "7");

  const auto by_value = []() -> Task<Result<int>> {
    co_await std::expected<void, Fault>(std::unexpected(Fault{8}));
    co_return 1;
  };
  EXPECT_EQ(run(by_value()).error().message, "8");

  const auto looks = [&]() -> Task<Result<int>> {
    const std::expected<int, Fault> seen = co_await as_result(faulty());
    co_return seen.error().number;
  };
  EXPECT_EQ(run(looks()), 7);
}

TEST(Task, passes_an_error_through_all_that_wait_for_it) {
  struct Down {
    static Task<Result<int>> to(int depth, int& resumed) {
      if (depth == 0) co_return co_await trouble("deep");
      const int below = co_await to(depth - 1, resumed);
      ++resumed;
      co_return below;
    }
  };
  int resumed = 0;
  EXPECT_EQ(run(Down::to(100, resumed)).error().message, "deep");
  EXPECT_EQ(resumed, 0);
}

TEST(Task, gives_values_that_can_only_be_moved) {
  const auto made = []() -> Task<Result<std::unique_ptr<int>>> { co_return std::make_unique<int>(7); };
  const auto outer = [&]() -> Task<Result<int>> {
    const std::unique_ptr<int> value = co_await made();
    co_return *value;
  };
  EXPECT_EQ(run(outer()), 7);
}

TEST(Task, of_nothing_is_awaited_for_what_it_does) {
  int done = 0;
  const auto step = [&](bool good) -> Task<Result<void>> {
    ++done;
    if (!good) co_return bad_request("stopped");
    co_return Result<void>{};
  };
  const auto outer = [&]() -> Task<Result<int>> {
    co_await step(true);
    co_await step(false);
    co_await step(true);
    co_return 1;
  };
  EXPECT_EQ(run(outer()).error().message, "stopped");
  EXPECT_EQ(done, 2);
}

TEST(Task, gives_an_error_to_who_can_not_leave_with_it) {
  bool seen = false;
  const auto outer = [&]() -> Task<int> {  // no Result: there is nothing to leave with
    const Result<int> outcome = co_await trouble("given");
    seen = !outcome && outcome.error().message == "given";
    co_return 3;
  };
  const auto whole = [&]() -> Task<Result<int>> { co_return co_await outer(); };
  EXPECT_EQ(run(whole()), 3);
  EXPECT_TRUE(seen);
}

// Something that ends when the test says so.
class Later {
 public:
  bool done() const { return outcome_.has_value(); }
  void on_done(void (*callback)(void*), void* context) {
    callback_ = callback;
    context_ = context;
  }
  Result<int> take() {
    ++taken;
    return *std::exchange(outcome_, std::nullopt);
  }
  void finish(Result<int> outcome) {
    outcome_ = std::move(outcome);
    if (callback_ != nullptr) std::exchange(callback_, nullptr)(context_);
  }
  bool is_awaited() const { return callback_ != nullptr; }
  int taken = 0;

 private:
  std::optional<Result<int>> outcome_;
  void (*callback_)(void*) = nullptr;
  void* context_ = nullptr;
};
static_assert(Completion<Later>);

// Where a task stands that is begun and not waited for.
struct Begun {
  std::optional<Result<int>> outcome;
  void begin(Task<Result<int>> task) {
    spawn([](Task<Result<int>> inner, Begun& begun) -> Task<void> {
      begun.outcome.emplace(co_await as_result(std::move(inner)));
    }(std::move(task), *this));
  }
};

TEST(Task, waits_for_what_is_not_done_yet) {
  Later first, second;
  const auto outer = [&]() -> Task<Result<int>> {
    const int a = co_await first;
    const Result<int> b = co_await as_result(second);
    co_return b ? a + *b : -a;
  };
  Begun begun;
  begun.begin(outer());
  EXPECT_TRUE(first.is_awaited());
  EXPECT_FALSE(second.is_awaited());
  first.finish(5);
  EXPECT_TRUE(second.is_awaited());
  EXPECT_FALSE(begun.outcome);
  second.finish(bad_request("late"));
  ASSERT_TRUE(begun.outcome);
  EXPECT_EQ(*begun.outcome, -5);
  EXPECT_EQ(first.taken + second.taken, 2) << "each outcome once";
}

TEST(Task, leaves_with_an_error_that_comes_late_or_was_there_before) {
  for (const bool is_early : {true, false}) {
    Later later;
    if (is_early) later.finish(bad_request("failed"));
    bool reached = false;
    const auto outer = [&]() -> Task<Result<int>> {
      co_await later;
      reached = true;
      co_return 1;
    };
    Begun begun;
    begun.begin(outer());
    EXPECT_EQ(begun.outcome.has_value(), is_early);
    if (!is_early) later.finish(bad_request("failed"));
    ASSERT_TRUE(begun.outcome);
    EXPECT_EQ(begun.outcome->error().message, "failed");
    EXPECT_FALSE(reached);
    EXPECT_EQ(later.taken, 1);
  }
}

TEST(Task, does_not_grow_the_stack_with_what_is_done_already) {
  const auto outer = []() -> Task<Result<std::int64_t>> {
    std::int64_t sum = 0;
    for (int i = 0; i < 300'000; ++i) {
      Later done;
      done.finish(1);
      sum += co_await done;
      sum += co_await plain(true);
      if (const auto failed = co_await as_result(trouble("x")); !failed) ++sum;
    }
    co_return sum;
  };
  EXPECT_EQ(run(outer()), 7 * 300'000);
}

// A connection that goes away takes with it the request that waits.
TEST(Task, destroys_all_frames_when_it_is_dropped_while_it_waits) {
  const auto counted = std::make_shared<int>(0);
  Later never;
  const auto inner = [&](std::shared_ptr<int> held) -> Task<Result<int>> {
    const std::shared_ptr<int> local = held;
    co_return co_await never;
  };
  const auto outer = [&](std::shared_ptr<int> held) -> Task<Result<int>> {
    const std::shared_ptr<int> local = held;
    co_return co_await inner(held) + 1;
  };
  {
    const Task<Result<int>> task = outer(counted);
    task.handle().resume();
    EXPECT_TRUE(never.is_awaited());
    EXPECT_GE(counted.use_count(), 5) << "both frames are there";
  }
  EXPECT_EQ(counted.use_count(), 1);
}

TEST(Task, that_was_moved_from_owns_nothing) {
  const auto counted = std::make_shared<int>(0);
  const auto make = [](std::shared_ptr<int> held) -> Task<Result<int>> {
    co_return static_cast<int>(held.use_count());
  };
  {
    Task<Result<int>> task = make(counted);
    const Task<Result<int>> other = std::move(task);
    EXPECT_EQ(task.handle(), nullptr);
    EXPECT_EQ(counted.use_count(), 2);
  }
  EXPECT_EQ(counted.use_count(), 1);
}

TEST(Task, lets_exceptions_pass_instead_of_errors) {
  const auto inner = [](bool good) -> Task<Result<int>> {
    if (!good) throw std::runtime_error("a bug");
    co_return 2;
  };
  const auto caught = [&]() -> Task<Result<int>> {
    try {
      co_return co_await inner(false);
    } catch (const std::runtime_error&) {
    }
    co_return co_await inner(true);
  };
  EXPECT_EQ(run(caught()), 2);
  const auto asked = [&]() -> Task<Result<int>> {
    const auto outcome = co_await as_result(inner(false));
    co_return outcome ? 1 : 0;
  };
  EXPECT_THROW(run(asked()), std::runtime_error);
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
