#include "pg/connection.hpp"

#include <unistd.h>

#include <boost/asio/post.hpp>
#include <cstring>
#include <random>

#include "async/awaiting.hpp"
#include "pg/timing.hpp"

namespace pim::pg {
namespace {

using namespace std::chrono_literals;
constexpr auto first_pause = 50ms;
constexpr auto longest_pause = 2'000ms;

// Between half and the whole of `time`, so that many connections do not come back at one moment.
std::chrono::milliseconds with_jitter(std::chrono::milliseconds time) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return time / 2 + std::chrono::milliseconds{std::uniform_int_distribution<std::int64_t>{0, time.count() / 2}(random)};
}

// The plan does not fit the schema any more, or the server forgot it.
bool is_stale_plan(const Error& error) { return error.sqlstate == "0A000" || error.sqlstate == "26000"; }
// The server is ending this connection.
bool is_shutdown(const Error& error) { return error.sqlstate.starts_with("57P0"); }
// A read that takes its connection down with it each time is not sent for ever.
constexpr int losses_max = 3;
// Reads that come while others are under way wait for those and go out together; but not where nothing is answered for
// that long.
constexpr auto batch_time = 50ms;
constexpr std::size_t batch_max = 64;     // where one of them fails, those behind it are sent again
constexpr std::size_t answers_max = 128;  // of equal reads too: large answers, all at once, would fill memory and cache
// In a query's slot: no message of its own is under way, it gets the answer of the slot before it.
constexpr std::size_t shares_answer = 1;

bool is_same(const Parameters::View& one, const Parameters::View& other) {
  if (one.lengths != other.lengths) return false;
  for (std::size_t i = 0; i < one.values.size(); ++i) {
    if ((one.values[i] == nullptr) != (other.values[i] == nullptr)) return false;
    if (one.values[i] != nullptr &&
        std::memcmp(one.values[i], other.values[i], static_cast<std::size_t>(one.lengths[i])) != 0)
      return false;
  }
  return true;
}

// The rows once more; of what has none, that it has none.
ResultPointer copy_of(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_TUPLES_OK) return ResultPointer{PQmakeEmptyPGresult(nullptr, status)};
  return ResultPointer{PQcopyResult(result, PG_COPYRES_ATTRS | PG_COPYRES_TUPLES)};
}

bool is_failure(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_PIPELINE_ABORTED;
}

// Notices, and what is said to an idle connection, are in the server's log.
void drop_server_notice(void*, const PGresult*) {}

Error lost_error(const std::string& trouble) {
  Error error;
  error.message = trouble.empty() ? "the connection to the database was lost" : trouble;
  error.connection_lost = true;
  return error;
}

}  // namespace

// Operation ----------------------------------------------------------------------------------------------------

Operation::~Operation() {
  if (connection_ != nullptr) connection_->abandon(*this);
  observe::change(observe::Gauge::statements_under_way, -1);
}

void Operation::fail(Error error) {
  error_ = std::move(error);
  finish();
}

void Operation::finish() noexcept {
  connection_ = nullptr;
  done_ = true;
  const auto time = std::chrono::steady_clock::now() - begun_;
  observe::count_statement(statement_.index, time, error_.has_value());
  note_time(statement_.name, cost_, time);
  if (callback_ != nullptr) callback_(context_);  // may destroy this
}

std::expected<ResultPointer, Error> Operation::take_result() {
  if (error_) return std::unexpected(*std::move(error_));
  return std::move(result_);
}

// Life: connect, serve, connect again ---------------------------------------------------------------------------

Connection::Connection(boost::asio::io_context& context, Settings settings, Events events)
    : context_(context),
      settings_(std::move(settings)),
      events_(std::move(events)),
      socket_(context),
      timer_(context),
      prepared_(StatementBase::all().size()),
      plans_(StatementBase::all().size()) {}

Connection::~Connection() = default;

void Connection::start() { spawn(live()); }

void Connection::stop() {
  stopped_ = true;
  timer_.cancel();
  if (socket_.is_open()) socket_.cancel();
}

Task<void> Connection::live() {
  auto wait = first_pause;
  while (!stopped_) {
    if (co_await connect()) {
      wait = first_pause;
      ready_ = true;
      events_.ready(*this);
      co_await serve();
      lose();
    } else {
      co_await pause(with_jitter(wait));
      wait = std::min<std::chrono::milliseconds>(wait * 2, longest_pause);
    }
  }
  connection_.reset();
  ended_ = true;
}

Task<void> Connection::pause(std::chrono::milliseconds time) {
  if (stopped_) co_return;
  timer_.expires_after(time);
  co_await timer_.async_wait(awaiting);
}

// Asio gets a descriptor of its own: libpq closes its one, and may change it while it connects.
void Connection::watch_socket() {
  boost::system::error_code ignored;
  socket_.close(ignored);
  socket_.assign(::dup(PQsocket(connection_.get())));
}

Task<bool> Connection::connect() {
  // UTC for NOW(); no JIT, whose compiling costs more than any of our statements.
  const std::string options =
      fmt::format("-c TimeZone=UTC -c jit=off -c statement_timeout={} -c lock_timeout={} {}",
                  settings_.statement_timeout.count(), settings_.lock_timeout.count(), settings_.options);
  const char* const names[] = {"dbname", "options", "application_name", "client_encoding", "connect_timeout", nullptr};
  const char* const values[] = {settings_.url.c_str(), options.c_str(), "pixelpim-server", "UTF8", "5", nullptr};
  connection_.reset(PQconnectStartParams(names, values, 1));
  PQsetNoticeReceiver(connection_.get(), drop_server_notice, nullptr);

  co_await negotiate();
  if (PQstatus(connection_.get()) != CONNECTION_OK || stopped_) {
    const bool silent = PQstatus(connection_.get()) != CONNECTION_BAD;
    if (!stopped_) events_.unreachable(silent ? "the database does not answer" : PQerrorMessage(connection_.get()));
    co_return false;
  }
  PQsetnonblocking(connection_.get(), 1);
  PQenterPipelineMode(connection_.get());
  watch_socket();
  std::ranges::fill(prepared_, 0);
  co_return true;
}

// Exchanges with the server what makes a connection, until it is made, refused, or took too long.
Task<void> Connection::negotiate() {
  const auto deadline = std::make_shared<boost::asio::steady_timer>(context_, settings_.connect_timeout);
  deadline->async_wait([this, alive = std::weak_ptr(deadline)](boost::system::error_code) {
    if (!alive.expired()) socket_.cancel();
  });
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (PQstatus(connection_.get()) != CONNECTION_BAD && state != PGRES_POLLING_OK && !stopped_) {
    watch_socket();
    const auto wanted = state == PGRES_POLLING_READING ? socket_.wait_read : socket_.wait_write;
    const auto [error] = co_await socket_.async_wait(wanted, awaiting);
    if (error) co_return;
    state = PQconnectPoll(connection_.get());
  }
}

// Reading is always armed, so that a server that goes away is noticed while nothing is under way.
Task<void> Connection::serve() {
  while (!stopped_) {
    auto [error] = co_await socket_.async_wait(socket_.wait_read, awaiting);
    heard_ = std::chrono::steady_clock::now();
    if (error || PQconsumeInput(connection_.get()) == 0 || !read_answers()) break;
  }
}

// Reads that were under way are sent again on another connection; the outcome of a write is unknown.
void Connection::lose() {
  ready_ = false;
  const std::string trouble = stopped_ ? "the program is stopping" : PQerrorMessage(connection_.get());
  boost::system::error_code ignored;
  socket_.close(ignored);
  unsynced_ = waits_to_write_ = false;
  if (answered_ != nullptr) again_.push_back(std::exchange(answered_, nullptr));
  for (const Slot& slot : std::exchange(slots_, {})) {
    if (slot.kind == Slot::Kind::query && slot.operation != nullptr) again_.push_back(slot.operation);
  }
  events_.lost(*this, trouble);
  while_again([&](Operation& operation) {
    operation.connection_ = nullptr;
    if (operation.repeat_ == Repeat::allowed && ++operation.losses_ < losses_max && !stopped_) {
      events_.again(operation);
    } else {
      operation.fail(lost_error(trouble));
    }
    return true;
  });
}

// Takes each operation out before it acts on it: whoever waits for one may give up the others meanwhile. Ends where
// `act` says so, with false.
template <class F>
void Connection::while_again(F act) {
  bool goes_on = true;
  for (std::size_t count = again_.size(); goes_on && count > 0 && !again_.empty(); --count) {
    Operation& operation = *again_.front();
    again_.pop_front();
    goes_on = act(operation);
  }
}

// Sending -------------------------------------------------------------------------------------------------------

void Connection::submit(Operation& operation) {
  if (!ready_) return operation.fail(lost_error("the connection to the database was lost"));
  operation.connection_ = this;
  const auto now = std::chrono::steady_clock::now();
  if (slots_.empty()) heard_ = now;
  if (settings_.sync == Sync::single) {
    send(operation);
    add_sync();
  } else if (!slots_.empty() && !unsynced_ && now - heard_ < batch_time) {
    again_.push_back(&operation);  // until these are answered: `take_sync` sends what waits
    return;
  } else {
    send(operation);
    unsynced_ = true;
  }
  flush_soon();
}

void Connection::send(Operation& operation) {
  const StatementBase& statement = operation.statement_;
  const Parameters::View parameters = operation.parameters_.view();
  const int count = operation.parameters_.count();
  if (statement.plan == Plan::fresh) {
    PQsendQueryParams(connection_.get(), statement.sql.c_str(), count, statement.parameters.data(),
                      parameters.values.data(), parameters.lengths.data(), parameters.formats.data(), 1);
  } else {
    prepare(statement);
    PQsendQueryPrepared(connection_.get(), prepared_name(statement).c_str(), count, parameters.values.data(),
                        parameters.lengths.data(), parameters.formats.data(), 1);
  }
  // A send that fails means a connection that is lost: `serve` notices, and `lose` finds the slot.
  slots_.push_back({.kind = Slot::Kind::query, .operation = &operation});
}

// Each connection prepares a statement when it first needs it.
void Connection::prepare(const StatementBase& statement) {
  auto& plan = prepared_[statement.index];
  if (plan != 0) return;
  plan = ++plans_[statement.index];
  PQsendPrepare(connection_.get(), prepared_name(statement).c_str(), statement.sql.c_str(),
                static_cast<int>(statement.parameters.size()), statement.parameters.data());
  slots_.push_back({.kind = Slot::Kind::prepare, .statement = statement.index});
}

std::string Connection::prepared_name(const StatementBase& statement) const {
  return fmt::format("{}_{}", statement.name, prepared_[statement.index]);
}

void Connection::add_sync() {
  PQpipelineSync(connection_.get());
  slots_.push_back({.kind = Slot::Kind::sync});
}

// What is submitted in one turn of the event loop goes out in one piece.
void Connection::flush_soon() {
  if (std::exchange(flush_posted_, true)) return;
  boost::asio::post(context_, [this] {
    flush_posted_ = false;
    if (ready_) flush();
  });
}

void Connection::flush() {
  if (std::exchange(unsynced_, false)) add_sync();
  if (PQflush(connection_.get()) == 1 && !std::exchange(waits_to_write_, true)) {
    socket_.async_wait(socket_.wait_write, [this](boost::system::error_code error) {
      if (error) return;
      waits_to_write_ = false;
      flush();
    });
  }
}

// Receiving -----------------------------------------------------------------------------------------------------

// Takes every answer that is there. False when the connection is lost.
bool Connection::read_answers() {
  while (!slots_.empty() && PQisBusy(connection_.get()) == 0) {
    ResultPointer result{PQgetResult(connection_.get())};
    if (PQstatus(connection_.get()) == CONNECTION_BAD) return false;
    if (result && !take_answer(std::move(result))) return false;  // null: the end of one statement's results
  }
  return true;
}

// False where the answer is not one to what is next in line: better no answer than another's.
bool Connection::take_answer(ResultPointer result) {
  const bool is_sync = PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC;
  if (slots_.front().kind == Slot::Kind::sync && !is_sync) {
    take_commit_error(error_of(result.get()));
    return true;
  }
  // Whoever waits for this answer may submit more at once: the queue is right before it goes on.
  Slot slot = std::move(slots_.front());
  slots_.pop_front();
  if (is_sync != (slot.kind == Slot::Kind::sync)) return false;
  switch (slot.kind) {
    case Slot::Kind::prepare:
      take_prepared(slot, result.get());
      break;
    case Slot::Kind::query:
      if (!slot.failed && is_failure(result.get())) slot.failed = error_of(result.get());
      // Whoever goes on with it may give up others who share it: these are in the queue until it is their turn.
      while (!slots_.empty() && slots_.front().kind == Slot::Kind::query && slots_.front().statement == shares_answer) {
        if (slot.operation != nullptr) take_rows(*slot.operation, slot.failed, copy_of(result.get()));
        slot.operation = slots_.front().operation;
        slots_.pop_front();
      }
      if (slot.operation != nullptr) take_rows(*slot.operation, std::move(slot.failed), std::move(result));
      break;
    case Slot::Kind::sync:
      take_sync();
      break;
  }
  return true;
}

void Connection::take_prepared(const Slot& slot, const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK) return;
  prepared_[slot.statement] = 0;
  if (status != PGRES_PIPELINE_ABORTED && !slots_.empty()) slots_.front().failed = error_of(result);
}

void Connection::take_rows(Operation& operation, std::optional<Error> failed, ResultPointer result) {
  if (failed) {
    take_error(operation, *std::move(failed));
  } else if (PQresultStatus(result.get()) == PGRES_PIPELINE_ABORTED) {
    again_.push_back(&operation);
  } else {
    operation.result_ = std::move(result);
    if (settings_.sync == Sync::shared) {
      operation.finish();
    } else {
      answered_ = &operation;  // a write is done when its transaction is, at the Sync
    }
  }
}

// The transaction ended with an error after its statement was answered: a constraint that is checked last, say.
void Connection::take_commit_error(Error error) {
  if (answered_ != nullptr) take_error(*std::exchange(answered_, nullptr), std::move(error));
}

void Connection::take_error(Operation& operation, Error error) {
  if (is_shutdown(error)) {
    ready_ = false;  // the connection is about to be lost: nothing more is sent on it
    error.connection_lost = true;
  }
  if (is_stale_plan(error) && operation.statement_.plan == Plan::prepared && !operation.planned_again_) {
    operation.planned_again_ = true;  // it did not run: make a new plan and send it again
    prepared_[operation.statement_.index] = 0;
    again_.push_back(&operation);
  } else if (error.connection_lost && operation.repeat_ == Repeat::allowed) {
    again_.push_back(&operation);  // `lose` sends it elsewhere
  } else {
    operation.fail(std::move(error));
  }
}

// Between two Syncs everything fails with the first failure: those that never ran are sent again, with what came
// meanwhile. Of reads that ask the very same, one is sent for all: the database is asked after all of them came, so
// that no answer is older than its question.
void Connection::take_sync() {
  if (answered_ != nullptr) std::exchange(answered_, nullptr)->finish();
  std::vector<std::pair<const Operation*, Parameters::View>> sent;
  std::size_t taken = 0;
  while_again([&](Operation& operation) {
    auto parameters = operation.parameters_.view();
    const auto same = std::ranges::find_if(sent, [&](const auto& each) {
      return &each.first->statement_ == &operation.statement_ && is_same(each.second, parameters);
    });
    if (same == sent.end() || settings_.sync == Sync::single) {
      if (!ready_) {
        submit(operation);
        return true;
      }
      submit(operation);
      const bool is_sent = !slots_.empty() && slots_.back().operation == &operation;  // or it waits for the next Sync
      if (is_sent) sent.emplace_back(&operation, std::move(parameters));
    } else {
      operation.connection_ = this;
      const auto leader = std::ranges::find(slots_, same->first, &Slot::operation);
      slots_.insert(std::next(leader),
                    {.kind = Slot::Kind::query, .operation = &operation, .statement = shares_answer});
    }
    return sent.size() < batch_max && ++taken < answers_max;
  });
  if (ready_ && unsynced_) flush();
}

void Connection::abandon(const Operation& operation) noexcept {
  for (Slot& slot : slots_) {
    if (slot.operation == &operation) slot.operation = nullptr;
  }
  std::erase(again_, &operation);
  if (answered_ == &operation) answered_ = nullptr;
}

}  // namespace pim::pg
