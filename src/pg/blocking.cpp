#include "pg/blocking.hpp"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "pg/timing.hpp"

namespace pim::pg {
namespace {

constexpr std::string_view unnamed = "sql";  // in the log: what has no name of its own

std::int64_t number_of(std::string_view text) noexcept {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// A text parameter ends at a zero byte: what follows would be lost without a word.
Error zero_byte_error() {
  Error error;
  error.sqlstate = "22021";
  error.message = "a text holds a zero byte, which PostgreSQL can't keep";
  return error;
}

// A statement on behalf of a request, which does its work on a pool. Others are for whoever runs them to time.
class Timed {
 public:
  explicit Timed(std::string_view name) noexcept : name_(name) {}
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;
  ~Timed() {
    if (charged != nullptr) note_time(name_, charged, std::chrono::steady_clock::now() - begun_);
  }

 private:
  std::string_view name_;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

// The server's notices are for its log.
void drop_notice(void*, const PGresult*) {}

}  // namespace

std::int64_t TextRows::number(int row, int column) const noexcept { return number_of(text(row, column)); }
std::int64_t TextRows::affected() const noexcept { return number_of(PQcmdTuples(result_.get())); }

Outcome<Blocking> Blocking::connect(const std::string& url, std::string_view options) {
  const std::string settings = fmt::format("-c TimeZone=UTC -c jit=off {}", options);
  const char* const names[] = {"dbname", "options", "application_name", "client_encoding", "connect_timeout", nullptr};
  const char* const values[] = {url.c_str(), settings.c_str(), "pixelpim", "UTF8", "10", nullptr};
  Blocking blocking(PQconnectdbParams(names, values, 1));
  if (PQstatus(blocking.connection_.get()) != CONNECTION_OK) {
    return std::unexpected(error_of(blocking.connection_.get()));
  }
  PQsetNoticeReceiver(blocking.connection_.get(), drop_notice, nullptr);
  return blocking;
}

Outcome<ResultPointer> Blocking::checked(PGresult* result) {
  ResultPointer owned = own(result);
  switch (PQresultStatus(owned.get())) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_COPY_IN:
    case PGRES_EMPTY_QUERY:
      return owned;
    default:
      if (PQstatus(connection_.get()) == CONNECTION_BAD) return std::unexpected(error_of(connection_.get()));
      return std::unexpected(error_of(owned.get()));
  }
}

Outcome<TextRows> Blocking::query(const std::string& sql, std::span<const Value> values) {
  std::vector<const char*> texts;
  std::vector<std::string> owned;  // libpq wants texts that end in a zero byte
  owned.reserve(values.size());
  for (const Value& value : values) {
    if (value && value->contains('\0')) return std::unexpected(zero_byte_error());
    if (value) owned.emplace_back(*value);
    texts.push_back(value ? owned.back().c_str() : nullptr);
  }
  const Timed timed(unnamed);
  auto result = checked(PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                                     texts.data(), nullptr, nullptr, 0));
  if (!result) return std::unexpected(std::move(result).error());
  return TextRows(*std::move(result));
}

Outcome<ResultPointer> Blocking::execute(const StatementBase& statement, const Parameters& parameters) {
  const Timed timed(statement.name);
  const auto view = parameters.view();
  constexpr int binary = 1;
  return checked(PQexecParams(connection_.get(), statement.sql.c_str(), parameters.count(), statement.parameters.data(),
                              view.values.data(), view.lengths.data(), view.formats.data(), binary));
}

Outcome<void> Blocking::prepare(const StatementBase& statement) {
  if (prepared_.contains(statement.index)) return {};
  auto made = checked(PQprepare(connection_.get(), statement.name.c_str(), statement.sql.c_str(),
                                static_cast<int>(statement.parameters.size()), statement.parameters.data()));
  if (!made) return std::unexpected(std::move(made).error());
  prepared_.insert(statement.index);
  return {};
}

Outcome<void> Blocking::send_prepared(const StatementBase& statement, const Parameters& parameters) {
  if (auto made = prepare(statement); !made) return made;
  const auto view = parameters.view();
  constexpr int binary = 1;
  if (PQsendQueryPrepared(connection_.get(), statement.name.c_str(), parameters.count(), view.values.data(),
                          view.lengths.data(), view.formats.data(), binary) != 1) {
    return std::unexpected(error_of(connection_.get()));
  }
  return {};
}

Outcome<ResultPointer> Blocking::receive(const StatementBase& statement) {
  const Timed timed(statement.name);  // what is waited for
  auto result = checked(PQgetResult(connection_.get()));
  while (PGresult* rest = PQgetResult(connection_.get())) PQclear(rest);
  return result;
}

Outcome<void> Blocking::script(const std::string& sql) {
  const Timed timed(unnamed);
  auto result = checked(PQexec(connection_.get(), sql.c_str()));
  if (!result) return std::unexpected(std::move(result).error());
  return {};
}

Outcome<void> Blocking::begin_snapshot() { return script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); }

Outcome<void> Blocking::copy_begin(const std::string& sql) { return script(sql); }

Outcome<void> Blocking::copy_put(std::string_view bytes) {
  if (PQputCopyData(connection_.get(), bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return std::unexpected(error_of(connection_.get()));
  }
  return {};
}

Outcome<std::int64_t> Blocking::copy_end() {
  if (PQputCopyEnd(connection_.get(), nullptr) != 1) return std::unexpected(error_of(connection_.get()));
  auto result = checked(PQgetResult(connection_.get()));
  while (PGresult* rest = PQgetResult(connection_.get())) PQclear(rest);
  if (!result) return std::unexpected(std::move(result).error());
  return number_of(PQcmdTuples(result->get()));
}

void Blocking::copy_fail(const std::string& reason) {
  PQputCopyEnd(connection_.get(), reason.c_str());
  while (PGresult* rest = PQgetResult(connection_.get())) PQclear(rest);
}

Outcome<Transaction> Transaction::begin(Blocking& connection) {
  if (auto begun = connection.script("BEGIN"); !begun) return std::unexpected(std::move(begun).error());
  return Transaction(connection);
}

Transaction::~Transaction() {
  if (connection_ != nullptr) std::ignore = connection_->script("ROLLBACK");
}

// PostgreSQL ends a failed transaction at its COMMIT too, but with a ROLLBACK, and calls that a success.
Outcome<void> Transaction::commit() {
  Blocking& connection = *std::exchange(connection_, nullptr);
  const bool failed = connection.has_failed_transaction();
  if (auto ended = connection.script("COMMIT"); !ended) return ended;
  if (!failed) return {};
  Error error;
  error.sqlstate = "25P02";
  error.message = "the transaction failed before it was committed: it was rolled back";
  return std::unexpected(std::move(error));
}

}  // namespace pim::pg
