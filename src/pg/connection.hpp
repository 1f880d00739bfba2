// One connection to PostgreSQL in pipeline mode: many operations under way, answered in order. It connects
// again by itself when it is lost. Lives on one thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "async/task.hpp"
#include "pg/line.hpp"
#include "pg/operation.hpp"

namespace pim::pg {

class Connection {
 public:
  // shared: operations of one turn of the event loop share a Sync, and those that come while others are under way
  // wait for the next one: only for reads, because everything between two Syncs is one transaction. single: each
  // operation has its own.
  enum class Sync : std::uint8_t { shared, single };

  struct Settings {
    std::string url;  // a libpq URI
    Sync sync = Sync::single;
    std::chrono::milliseconds statement_timeout{5'000};
    std::chrono::milliseconds lock_timeout{1'000};
    std::chrono::milliseconds connect_timeout{5'000};  // for a server that takes the connection and says nothing
    std::size_t under_way_max = 2048;                  // who comes when so many are, or would wait longer than that, is
    std::chrono::milliseconds wait_max{1'000};         // not admitted
    std::string options{};                             // of the session, further ones: "-c name=value"
  };
  struct Events {
    std::function<void(Connection&)> ready;                     // connected, or connected again
    std::function<void(Connection&, const std::string&)> lost;  // and why
    std::function<void(const std::string&)> unreachable;        // an attempt to connect failed, and why
    std::function<void(Operation&)> again;                      // a read that was under way when it was lost
  };

  Connection(boost::asio::io_context& context, Settings settings, Events events);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start();
  // Ends it for good; `ended` says when.
  void stop();
  bool ended() const noexcept { return ended_; }

  bool ready() const noexcept { return ready_; }
  // What was sent and what waits for that.
  std::size_t under_way() const noexcept { return slots_.size() + waiting_.size(); }
  // Would this one be answered in time?
  bool admits(const Operation& operation) const;
  // Sends an operation, with everything else of this turn of the loop. Fails it at once when not ready().
  void submit(Operation& operation);

 private:
  friend class Operation;

  struct Slot {
    enum class Kind : std::uint8_t { prepare, query, sync } kind;
    Operation* operation = nullptr;  // null: given up
    std::size_t statement = 0;       // index, for prepare
    std::optional<Error> failed{};   // for query: its preparation failed
  };
  struct Finish {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
  };

  Task<void> live();
  Task<bool> connect();
  Task<void> negotiate();
  Task<void> serve();
  Task<void> pause(std::chrono::milliseconds time);
  void watch_socket();

  void send(Operation& operation, const Parameters& values);
  void send(std::span<Operation* const> group);
  void send_waiting();
  void prepare(const StatementBase& statement);
  std::string prepared_name(const StatementBase& statement) const;
  void add_sync();
  void flush_soon();
  void flush();
  bool read_answers();
  bool take_answer(ResultPointer result);
  void take_prepared(const Slot& slot, const PGresult* result);
  void take_rows(Operation& operation, std::optional<Error> failed, ResultPointer result);
  void take_commit_error(Error error);
  void take_error(Operation& operation, Error error);
  void take_sync();
  void lose();
  template <class F>
  void for_each_waiting(F act);
  void wait(Operation& operation);
  Operation& take_waiting();
  void forget_waiting(const Operation& operation);
  void abandon(const Operation& operation) noexcept;

  boost::asio::io_context& context_;
  Settings settings_;
  Events events_;
  std::unique_ptr<PGconn, Finish> connection_;
  boost::asio::posix::stream_descriptor socket_;
  boost::asio::steady_timer timer_;
  std::deque<Slot> slots_;
  Line line_;
  std::size_t executions_ = 0, finished_ = 0;  // under way; finished by what was heard last
  Operation* answered_ = nullptr;              // its rows are here, its transaction is not known to be committed
  std::deque<Operation*> waiting_;             // to be sent, for the first time or again, here or elsewhere
  std::unordered_map<std::size_t, std::size_t> waiting_kinds_;
  std::vector<std::int32_t> prepared_;           // by statement: 0 not prepared, else the number of its plan here
  std::vector<std::int32_t> plans_;              // by statement: plans made so far
  std::chrono::steady_clock::time_point heard_;  // when the server last said something, or was asked after silence
  bool ready_ = false, stopped_ = false, ended_ = false;
  bool flush_posted_ = false, waits_to_write_ = false;
};

}  // namespace pim::pg
