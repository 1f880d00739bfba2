// One execution of a statement, from the moment it is sent until its rows or its error are there.
#pragma once

#include <chrono>
#include <optional>
#include <utility>

#include "async/cost.hpp"
#include "observe/metrics.hpp"
#include "pg/error.hpp"
#include "pg/statement.hpp"

namespace pim::pg {

class Connection;

// May the statement be sent again when its connection is lost or a neighbour failed? Reads may. A write's
// outcome is unknown then: it may not.
enum class Repeat : std::uint8_t { never, allowed };

class Operation {
 public:
  Operation(const StatementBase& statement, Parameters parameters, Repeat repeat)
      : statement_(statement),
        parameters_(std::move(parameters)),
        repeat_(repeat),
        begun_(std::chrono::steady_clock::now()) {
    observe::change(observe::Gauge::statements_under_way, 1);
  }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  // Given up while it is under way: its answer is read and dropped.
  ~Operation();

  // pim::Completion.
  bool done() const noexcept { return done_; }
  void on_done(void (*callback)(void*), void* context) noexcept {
    callback_ = callback;
    context_ = context;
  }

  // Ends it without an answer from the server.
  void fail(Error error);

 protected:
  std::expected<ResultPointer, Error> take_result();
  std::optional<std::int32_t> key() const {
    return statement_.finds_by_key ? std::optional(parameters_.key()) : std::nullopt;
  }

 private:
  friend class Connection;
  void finish() noexcept;
  // The same for all that one execution may answer, and hardly for others.
  std::size_t kind() const noexcept;
  // May one execution answer both?
  bool goes_with(const Operation& other) const;

  const StatementBase& statement_;
  Parameters parameters_;
  Repeat repeat_;
  bool planned_again_ = false;  // a stale plan was met once
  bool together_ = false;       // it was asked for with other keys
  bool alone_ = false;          // and failed: it asks for its own now
  std::chrono::steady_clock::time_point begun_;
  Cost* const cost_ = charged;        // of the request that it is for
  int losses_ = 0;                    // connections that were lost with it
  Connection* connection_ = nullptr;  // where it is under way
  bool done_ = false;
  ResultPointer result_;
  std::optional<Error> error_;
  void (*callback_)(void*) = nullptr;
  void* context_ = nullptr;
};

// An operation whose rows are Row.
template <class Row>
class Query : public Operation {
 public:
  using Operation::Operation;
  // Sends it at once: `send` is called with this operation, where it stays.
  template <class Send>
  Query(const StatementBase& statement, Parameters parameters, Repeat repeat, Send send)
      : Operation(statement, std::move(parameters), repeat) {
    send(static_cast<Operation&>(*this));
  }
  std::expected<Rows<Row>, Error> take() {
    auto result = take_result();
    if (!result) return std::unexpected(std::move(result).error());
    const auto wanted = key();
    return wanted ? Rows<Row>(*std::move(result), *wanted) : Rows<Row>(*std::move(result));
  }
};

}  // namespace pim::pg
