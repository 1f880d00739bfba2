// The database as one thread sees it: lanes of connections.
//
// Reads share two pipelined connections. A write has a connection to itself while it runs: it may wait for a
// row lock, and what is behind it would wait too. Searches whose cost depends on what is asked have their own
// connections, so that they can't hold up the short reads; writes that turn out to touch very many rows have one, too.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <coroutine>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "async/runtime.hpp"
#include "async/task.hpp"
#include "pg/connection.hpp"
#include "pg/line.hpp"

namespace pim::pg {

// Connections that serve one operation at a time each; who finds none idle waits in line.
class ExclusiveLane {
 public:
  ExclusiveLane(boost::asio::io_context& context, Line limits) : context_(context), limits_(limits) {}

  // A connection for as long as this lives.
  class Lease {
   public:
    Lease(ExclusiveLane& lane, Connection& connection) noexcept
        : lane_(&lane), connection_(&connection), begun_(std::chrono::steady_clock::now()) {}
    Lease(Lease&& other) noexcept
        : lane_(other.lane_), connection_(std::exchange(other.connection_, nullptr)), begun_(other.begun_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_ != nullptr) lane_->give_back(*connection_, std::chrono::steady_clock::now() - begun_);
    }
    Connection& connection() const noexcept { return *connection_; }

   private:
    ExclusiveLane* lane_;
    Connection* connection_;
    std::chrono::steady_clock::time_point begun_;
  };

  // Waits in line for a connection. Fails at once when the line is too long or no connection is up.
  Task<std::expected<Lease, Error>> lease();

  void add(Connection& connection);     // it is up
  void remove(Connection& connection);  // it is lost
  bool is_up() const noexcept { return up_ > 0; }

 private:
  friend class Lease;
  struct Turn;
  void give_back(Connection& connection, std::chrono::nanoseconds used);
  void serve_line();

  boost::asio::io_context& context_;
  Line limits_;
  std::size_t up_ = 0;
  std::vector<Connection*> idle_;
  std::deque<Turn*> line_;
};

class Database {
 public:
  struct Settings {
    std::string url;
    int readers = 2;
    int writers = 8;
    int searchers = 2;
    int patient_writers = 1;
    std::size_t reads_under_way_max = 2048;     // on one connection; more are answered 503
    std::size_t waiting_max = 1024;             // in one lane
    std::chrono::milliseconds wait_max{1'000};  // in a line; who would wait longer is answered 503 at once
    std::chrono::milliseconds statement_timeout{5'000};
    std::chrono::milliseconds patient_statement_timeout{600'000};
    std::chrono::milliseconds lock_timeout{1'000};
    std::chrono::milliseconds connect_timeout{5'000};
    std::string options{};                         // of every session, further ones: "-c name=value"
    std::function<void(const std::string&)> lost;  // told for each connection that is lost or not made, and why
  };
  Database(boost::asio::io_context& context, Settings settings);

  // Connects; ends when `ready`.
  Task<void> start();
  Task<void> stop();
  // Is there at least one connection of each kind?
  bool ready() const noexcept;
  boost::asio::io_context& context() noexcept { return context_; }

  // A read, sent at once; `co_await` what it gives for the rows.
  template <class Row, class... P>
  Query<Row> read(const Statement<Row(P...)>& statement, const std::type_identity_t<P>&... values) {
    return Query<Row>(statement, Statement<Row(P...)>::encode(values...), Repeat::allowed,
                      [this](Operation& operation) { dispatch(operation); });
  }

  // A write, in a transaction of its own. Deadlocks, serialization failures and lock timeouts are tried again.
  template <class Row, class... P>
  Task<std::expected<Rows<Row>, Error>> write(const Statement<Row(P...)>& statement,
                                              const std::type_identity_t<P>&... values) {
    return run<Row>(writers_, statement, Statement<Row(P...)>::encode(values...), Repeat::never);
  }

  // A write that may touch very many rows. Where it takes longer than writes may, it is run again where it has the
  // time.
  template <class Row, class... P>
  Task<std::expected<Rows<Row>, Error>> write_patiently(const Statement<Row(P...)>& statement,
                                                        const std::type_identity_t<P>&... values) {
    return run_patiently<Row>(statement, Statement<Row(P...)>::encode(values...));
  }

  // A read whose cost depends on what is asked.
  template <class Row, class... P>
  Task<std::expected<Rows<Row>, Error>> search(const Statement<Row(P...)>& statement,
                                               const std::type_identity_t<P>&... values) {
    return run<Row>(searchers_, statement, Statement<Row(P...)>::encode(values...), Repeat::allowed);
  }
  // A short random pause that grows with each attempt, so that those who collided don't collide again.
  Task<void> pause_before_retry(int attempt);

 private:
  template <class Row>
  Task<std::expected<Rows<Row>, Error>> run(ExclusiveLane& lane, const StatementBase& statement, Parameters parameters,
                                            Repeat repeat);
  template <class Row>
  Task<std::expected<Rows<Row>, Error>> run_patiently(const StatementBase& statement, Parameters parameters);
  void dispatch(Operation& operation);
  std::unique_ptr<Connection> make(Connection::Sync sync, ExclusiveLane* lane,
                                   std::chrono::milliseconds statement_timeout);
  Task<void> wait_until(std::function<bool()> condition);

  boost::asio::io_context& context_;
  Settings settings_;
  ExclusiveLane writers_, searchers_, patient_;
  std::vector<std::unique_ptr<Connection>> readers_, others_;
};

// One Database for each worker thread.
class Databases {
 public:
  Databases(Runtime& runtime, const Database::Settings& settings);
  // That of the worker thread that calls.
  Database& here() noexcept { return *all_[static_cast<std::size_t>(Runtime::here())]; }
  Database& of(int thread) noexcept { return *all_[static_cast<std::size_t>(thread)]; }
  int count() const noexcept { return static_cast<int>(all_.size()); }

 private:
  std::vector<std::unique_ptr<Database>> all_;
};

bool is_worth_a_retry(const Error& error, Repeat repeat);
inline constexpr int attempts_max = 6;
// Did the statement take longer than its connection allows? Nothing was changed then.
bool took_too_long(const Error& error);

template <class Row>
Task<std::expected<Rows<Row>, Error>> Database::run(ExclusiveLane& lane, const StatementBase& statement,
                                                    Parameters parameters, Repeat repeat) {
  for (int attempt = 1;; ++attempt) {
    std::expected<Rows<Row>, Error> outcome = std::unexpected(Error{});
    {
      auto lease = co_await as_result(lane.lease());
      if (!lease) co_return std::unexpected(std::move(lease).error());
      // A lost connection is no place to be sent again from: that is for this loop.
      Query<Row> query(statement, parameters, Repeat::never);
      lease->connection().submit(query);
      outcome = co_await as_result(query);
    }
    if (outcome || attempt == attempts_max || !is_worth_a_retry(outcome.error(), repeat)) co_return outcome;
    co_await pause_before_retry(attempt);
  }
}

template <class Row>
Task<std::expected<Rows<Row>, Error>> Database::run_patiently(const StatementBase& statement, Parameters parameters) {
  auto outcome = co_await as_result(run<Row>(writers_, statement, parameters, Repeat::never));
  if (outcome || !took_too_long(outcome.error())) co_return outcome;
  co_return co_await as_result(run<Row>(patient_, statement, std::move(parameters), Repeat::never));
}

}  // namespace pim::pg
