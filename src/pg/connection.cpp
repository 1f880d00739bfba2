#include "pg/connection.hpp"

#include <unistd.h>

#include <boost/asio/post.hpp>
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

std::size_t Operation::kind() const noexcept {
  return parameters_.hash(statement_.finds_by_key) * 31 + statement_.index;
}

bool Operation::goes_with(const Operation& other) const {
  if (&statement_ != &other.statement_ || alone_ || other.alone_) return false;
  return statement_.finds_by_key ? parameters_.differs_only_by_key(other.parameters_)
                                 : parameters_ == other.parameters_;
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
      line_(settings_.under_way_max, settings_.wait_max),
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
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::nanoseconds passed = slots_.empty() ? 0ns : now - heard_;
    heard_ = now;
    if (error || PQconsumeInput(connection_.get()) == 0 || !read_answers()) break;
    line_.note(passed, std::exchange(finished_, 0));
  }
}

// Reads that were under way are sent again on another connection; the outcome of a write is unknown.
void Connection::lose() {
  ready_ = false;
  const std::string trouble = stopped_ ? "the program is stopping" : PQerrorMessage(connection_.get());
  boost::system::error_code ignored;
  socket_.close(ignored);
  waits_to_write_ = false;
  executions_ = 0;
  if (answered_ != nullptr) wait(*std::exchange(answered_, nullptr));
  for (const Slot& slot : std::exchange(slots_, {})) {
    if (slot.kind == Slot::Kind::query && slot.operation != nullptr) wait(*slot.operation);
  }
  events_.lost(*this, trouble);
  for_each_waiting([&](Operation& operation) {
    operation.connection_ = nullptr;
    if (operation.repeat_ == Repeat::allowed && ++operation.losses_ < losses_max && !stopped_) {
      events_.again(operation);
    } else {
      operation.fail(lost_error(trouble));
    }
  });
}

// Takes each operation out before it acts on it: whoever waits for one may give up the others meanwhile.
template <class F>
void Connection::for_each_waiting(F act) {
  for (std::size_t count = waiting_.size(); count > 0 && !waiting_.empty(); --count) act(take_waiting());
}

void Connection::wait(Operation& operation) {
  waiting_.push_back(&operation);
  ++waiting_kinds_[operation.kind()];
}

Operation& Connection::take_waiting() {
  Operation& operation = *waiting_.front();
  waiting_.pop_front();
  forget_waiting(operation);
  return operation;
}

void Connection::forget_waiting(const Operation& operation) {
  const auto kind = waiting_kinds_.find(operation.kind());
  if (kind != waiting_kinds_.end() && --kind->second == 0) waiting_kinds_.erase(kind);
}

// Who asks what somebody in line asks already costs nothing.
bool Connection::admits(const Operation& operation) const {
  const bool is_asked_already = under_way() < settings_.under_way_max && waiting_kinds_.contains(operation.kind());
  return is_asked_already || line_.admits(executions_ + waiting_kinds_.size(), 1);
}

// Sending -------------------------------------------------------------------------------------------------------

void Connection::submit(Operation& operation) {
  if (!ready_) return operation.fail(lost_error("the connection to the database was lost"));
  operation.connection_ = this;
  const auto now = std::chrono::steady_clock::now();
  if (slots_.empty()) heard_ = now;
  if (settings_.sync == Sync::single) {
    send(operation, operation.parameters_);
    add_sync();
  } else {
    wait(operation);
    if (!slots_.empty() && now - heard_ < batch_time) return;  // until these are answered: `take_sync` sends what waits
  }
  flush_soon();
}

void Connection::send(Operation& operation, const Parameters& values) {
  const StatementBase& statement = operation.statement_;
  const Parameters::View parameters = values.view();
  const int count = values.count();
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
  ++executions_;
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
    if (!ready_) return;
    if (settings_.sync == Sync::shared) send_waiting();
    flush();
  });
}

void Connection::flush() {
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
    ResultPointer result = own(PQgetResult(connection_.get()));
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
      --executions_;
      ++finished_;
      if (!slot.failed && is_failure(result.get())) slot.failed = error_of(result.get());
      // Whoever goes on with it may give up others who share it: these are in the queue until it is their turn.
      while (!slots_.empty() && slots_.front().kind == Slot::Kind::query && slots_.front().statement == shares_answer) {
        if (slot.operation != nullptr) take_rows(*slot.operation, slot.failed, result);
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
    wait(operation);
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
    wait(operation);
  } else if (error.connection_lost && operation.repeat_ == Repeat::allowed) {
    wait(operation);  // `lose` sends it elsewhere
  } else if (std::exchange(operation.together_, false)) {
    operation.alone_ = true;  // another key may be to blame
    wait(operation);
  } else {
    operation.fail(std::move(error));
  }
}

// Between two Syncs everything fails with the first failure: those that never ran are sent again, with what came
// meanwhile.
void Connection::take_sync() {
  if (answered_ != nullptr) std::exchange(answered_, nullptr)->finish();
  if (settings_.sync == Sync::single || !ready_) {
    for_each_waiting([this](Operation& operation) { submit(operation); });
  } else if (slots_.empty()) {  // else another piece is under way: they go when it is answered
    send_waiting();
    flush();
  }
}

// What waits, in one piece. Of reads that ask the very same, one is sent for all, and one for all keys that are looked
// for in the same way: the database is asked after all of them came, so that no answer is older than its question.
void Connection::send_waiting() {
  std::vector<std::vector<Operation*>> groups;
  for (std::size_t taken = 0; !waiting_.empty() && groups.size() < batch_max && taken < answers_max; ++taken) {
    Operation& operation = take_waiting();
    const auto company =
        std::ranges::find_if(groups, [&](const auto& group) { return operation.goes_with(*group.front()); });
    if (company == groups.end()) {
      groups.push_back({&operation});
    } else {
      company->push_back(&operation);
    }
  }
  for (const auto& group : groups) send(group);
  if (!groups.empty()) add_sync();
}

void Connection::send(std::span<Operation* const> group) {
  Operation& first = *group.front();
  const bool has_many_keys = first.statement_.finds_by_key && group.size() > 1;
  std::vector<std::int32_t> keys;
  for (Operation* each : group) {
    each->connection_ = this;
    each->together_ = has_many_keys;
    if (has_many_keys) keys.push_back(each->parameters_.key());
  }
  send(first, has_many_keys ? first.parameters_.with_keys(keys) : first.parameters_);
  for (Operation* each : group.subspan(1)) {
    slots_.push_back({.kind = Slot::Kind::query, .operation = each, .statement = shares_answer});
  }
}

void Connection::abandon(const Operation& operation) noexcept {
  for (Slot& slot : slots_) {
    if (slot.operation == &operation) slot.operation = nullptr;
  }
  if (std::erase(waiting_, &operation) > 0) forget_waiting(operation);
  if (answered_ == &operation) answered_ = nullptr;
}

}  // namespace pim::pg
