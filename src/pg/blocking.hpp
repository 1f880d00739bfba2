// A connection for work that may wait: the command line, migrations, imports. Never on an event loop.
#pragma once

#include <libpq-fe.h>

#include <expected>
#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "pg/error.hpp"
#include "pg/statement.hpp"

namespace pim::pg {

template <class T>
using Outcome = std::expected<T, Error>;

// Rows as texts.
class TextRows {
 public:
  explicit TextRows(ResultPointer result) : result_(std::move(result)) {}
  int size() const noexcept { return PQntuples(result_.get()); }
  bool empty() const noexcept { return size() == 0; }
  bool is_null(int row, int column) const noexcept { return PQgetisnull(result_.get(), row, column) != 0; }
  // "" for NULL.
  std::string_view text(int row, int column) const noexcept {
    return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
  }
  // The column as a whole number; 0 for NULL.
  std::int64_t number(int row, int column) const noexcept;
  // Rows that an INSERT, UPDATE, DELETE or COPY touched.
  std::int64_t affected() const noexcept;

 private:
  ResultPointer result_;
};

class Blocking {
 public:
  // Connects to a libpq URI, with TimeZone=UTC. Empty timeouts: none.
  static Outcome<Blocking> connect(const std::string& url, std::string_view options = {});

  using Value = std::optional<std::string_view>;  // nullopt: NULL
  // One statement with text parameters ($1, …). A text with a zero byte is refused (22021).
  Outcome<TextRows> query(const std::string& sql, std::span<const Value> values = {});
  Outcome<TextRows> query(const std::string& sql, std::initializer_list<Value> values) {
    return query(sql, std::span<const Value>(values.begin(), values.size()));
  }
  // A statement of the program, with its own types.
  template <class Row, class... P>
  Outcome<Rows<Row>> run(const Statement<Row(P...)>& statement, const std::type_identity_t<P>&... values) {
    auto result = execute(statement, Statement<Row(P...)>::encode(values...));
    if (!result) return std::unexpected(std::move(result).error());
    return Rows<Row>(*std::move(result));
  }
  // The same, planned once for all: for one that is run again and again.
  template <class Row, class... P>
  Outcome<Rows<Row>> run_prepared(const Statement<Row(P...)>& statement, const std::type_identity_t<P>&... values) {
    if (auto started = start(statement, values...); !started) return std::unexpected(std::move(started).error());
    return finish(statement);
  }
  // The same in two: `start` sends it, `finish` waits for its rows. Nothing else is asked for in between.
  template <class Row, class... P>
  Outcome<void> start(const Statement<Row(P...)>& statement, const std::type_identity_t<P>&... values) {
    return send_prepared(statement, Statement<Row(P...)>::encode(values...));
  }
  template <class Row, class... P>
  Outcome<Rows<Row>> finish(const Statement<Row(P...)>& statement) {
    auto result = receive(statement);
    if (!result) return std::unexpected(std::move(result).error());
    return Rows<Row>(*std::move(result));
  }
  // Many statements, as one transaction unless they begin and end their own.
  Outcome<void> script(const std::string& sql);

  // From here on it reads the database as it is now, and writes nothing.
  Outcome<void> begin_snapshot();

  // COPY … FROM STDIN: begin, put pieces of any size, end with the number of rows. `fail` instead of `end` takes
  // nothing over.
  Outcome<void> copy_begin(const std::string& sql);
  Outcome<void> copy_put(std::string_view bytes);
  Outcome<std::int64_t> copy_end();
  void copy_fail(const std::string& reason);

  // Not one that was moved from.
  bool is_open() const noexcept { return connection_ != nullptr; }
  int server_version() const noexcept { return PQserverVersion(connection_.get()); }
  int backend_pid() const noexcept { return PQbackendPID(connection_.get()); }
  // Is the connection in a transaction?
  bool in_transaction() const noexcept { return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE; }
  // In one that can only be rolled back?
  bool has_failed_transaction() const noexcept { return PQtransactionStatus(connection_.get()) == PQTRANS_INERROR; }

 private:
  struct Finish {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
  };
  explicit Blocking(PGconn* connection) : connection_(connection) {}
  Outcome<ResultPointer> checked(PGresult* result);
  Outcome<ResultPointer> execute(const StatementBase& statement, const Parameters& parameters);
  Outcome<void> prepare(const StatementBase& statement);
  Outcome<void> send_prepared(const StatementBase& statement, const Parameters& parameters);
  Outcome<ResultPointer> receive(const StatementBase& statement);

  std::unique_ptr<PGconn, Finish> connection_;
  std::set<std::size_t> prepared_;  // statements, by their index
};

// Rolls back at the end of its scope, unless it was committed.
class Transaction {
 public:
  static Outcome<Transaction> begin(Blocking& connection);
  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  // Fails (25P02), with everything rolled back, where a statement of the transaction failed.
  Outcome<void> commit();

 private:
  explicit Transaction(Blocking& connection) : connection_(&connection) {}
  Blocking* connection_;
};

}  // namespace pim::pg
