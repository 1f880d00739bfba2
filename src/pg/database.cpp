#include "pg/database.hpp"

#include <boost/asio/post.hpp>
#include <random>

#include "async/awaiting.hpp"
#include "observe/metrics.hpp"

namespace pim::pg {
namespace {

Error unavailable_error(std::string message) {
  Error error;
  error.message = std::move(message);
  error.connection_lost = true;
  return error;
}

}  // namespace

// Serialization failure, deadlock, lock_timeout: nothing was changed, and the next try may pass. After the loss of
// the connection that is known of reads only.
bool is_worth_a_retry(const Error& error, Repeat repeat) {
  if (error.connection_lost) return repeat == Repeat::allowed;
  return error.sqlstate == "40001" || error.sqlstate == "40P01" || error.sqlstate == "55P03";
}

bool took_too_long(const Error& error) { return error.sqlstate == "57014"; }

// The exclusive lane --------------------------------------------------------------------------------------------

struct ExclusiveLane::Turn {
  ExclusiveLane& lane;
  Connection* connection = nullptr;
  Waiting waiting{};

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    waiting = Waiting(handle);
    lane.line_.push_back(this);
  }
  void await_resume() const noexcept {}
  ~Turn() { std::erase(lane.line_, this); }
};

Task<std::expected<ExclusiveLane::Lease, Error>> ExclusiveLane::lease() {
  while (up_ > 0) {
    if (!idle_.empty()) {
      Connection* connection = idle_.back();
      idle_.pop_back();
      co_return Lease(*this, *connection);
    }
    if (!limits_.admits(line_.size(), up_))
      co_return std::unexpected(unavailable_error("too many statements are waiting"));
    Turn turn{*this};
    observe::change(observe::Gauge::waiting_for_connection, 1);
    co_await turn;
    observe::change(observe::Gauge::waiting_for_connection, -1);
    // The one that it got may be lost by now: then it waits for another.
    if (turn.connection != nullptr && turn.connection->ready()) co_return Lease(*this, *turn.connection);
  }
  co_return std::unexpected(unavailable_error("no connection to the database is up"));
}

void ExclusiveLane::add(Connection& connection) {
  ++up_;
  idle_.push_back(&connection);
  serve_line();
}

// A connection that is lost while it is leased is not given back to the idle ones; when the last one goes,
// nobody waits for it in vain.
void ExclusiveLane::remove(Connection& connection) {
  --up_;
  std::erase(idle_, &connection);
  if (up_ > 0) return;
  for (Turn* turn : std::exchange(line_, {})) {
    boost::asio::post(context_, [waiting = turn->waiting] { waiting.resume(); });
  }
}

void ExclusiveLane::give_back(Connection& connection, std::chrono::nanoseconds used) {
  limits_.note(used, 1);
  if (!connection.ready()) return;
  if (std::ranges::find(idle_, &connection) == idle_.end()) idle_.push_back(&connection);
  serve_line();
}

void ExclusiveLane::serve_line() {
  while (!line_.empty() && !idle_.empty()) {
    Turn* turn = line_.front();
    line_.pop_front();
    turn->connection = idle_.back();
    idle_.pop_back();
    boost::asio::post(context_, [waiting = turn->waiting] { waiting.resume(); });
  }
}

Databases::Databases(Runtime& runtime, const Database::Settings& settings) {
  for (int thread = 0; thread < runtime.threads(); ++thread) {
    all_.push_back(std::make_unique<Database>(runtime.context(thread), settings));
  }
}

// The database --------------------------------------------------------------------------------------------------

Database::Database(boost::asio::io_context& context, Settings settings)
    : context_(context),
      settings_(std::move(settings)),
      writers_(context, {settings_.waiting_max, settings_.wait_max}),
      searchers_(context, {settings_.waiting_max, settings_.wait_max}),
      patient_(context, {settings_.waiting_max, settings_.patient_statement_timeout}) {
  const auto add = [&](int count, ExclusiveLane& lane, std::chrono::milliseconds statement_timeout) {
    for (int i = 0; i < count; ++i) others_.push_back(make(Connection::Sync::single, &lane, statement_timeout));
  };
  for (int i = 0; i < settings_.readers; ++i) {
    readers_.push_back(make(Connection::Sync::shared, nullptr, settings_.statement_timeout));
  }
  add(settings_.writers, writers_, settings_.statement_timeout);
  add(settings_.searchers, searchers_, settings_.statement_timeout);
  add(settings_.patient_writers, patient_, settings_.patient_statement_timeout);
}

std::unique_ptr<Connection> Database::make(Connection::Sync sync, ExclusiveLane* lane,
                                           std::chrono::milliseconds statement_timeout) {
  return std::make_unique<Connection>(
      context_,
      Connection::Settings{.url = settings_.url,
                           .sync = sync,
                           .statement_timeout = statement_timeout,
                           .lock_timeout = settings_.lock_timeout,
                           .connect_timeout = settings_.connect_timeout,
                           .under_way_max = settings_.reads_under_way_max,
                           .wait_max = settings_.wait_max,
                           .options = settings_.options},
      Connection::Events{.ready =
                             [lane](Connection& connection) {
                               if (lane != nullptr) lane->add(connection);
                             },
                         .lost =
                             [this, lane](Connection& connection, const std::string& reason) {
                               if (lane != nullptr) lane->remove(connection);
                               if (settings_.lost) settings_.lost(reason);
                             },
                         .unreachable =
                             [this](const std::string& reason) {
                               if (settings_.lost) settings_.lost(reason);
                             },
                         .again = [this](Operation& operation) { dispatch(operation); }});
}

Task<void> Database::start() {
  for (auto* group : {&readers_, &others_}) {
    for (auto& connection : *group) connection->start();
  }
  co_await wait_until([this] { return ready(); });
}

Task<void> Database::stop() {
  settings_.lost = nullptr;  // what ends from here on is meant to
  for (auto* group : {&readers_, &others_}) {
    for (auto& connection : *group) connection->stop();
  }
  auto ended = [](const auto& connection) { return connection->ended(); };
  co_await wait_until([&] { return std::ranges::all_of(readers_, ended) && std::ranges::all_of(others_, ended); });
}

// For start and end only, which may be some milliseconds late.
Task<void> Database::wait_until(std::function<bool()> condition) {
  boost::asio::steady_timer timer(context_);
  while (!condition()) {
    timer.expires_after(std::chrono::milliseconds{2});
    co_await timer.async_wait(awaiting);
  }
}

bool Database::ready() const noexcept {
  return writers_.is_up() && searchers_.is_up() &&
         std::ranges::any_of(readers_, [](const auto& connection) { return connection->ready(); });
}

// To the connection with the least under way.
void Database::dispatch(Operation& operation) {
  Connection* best = nullptr;
  for (const auto& connection : readers_) {
    if (connection->ready() && (best == nullptr || connection->under_way() < best->under_way())) {
      best = connection.get();
    }
  }
  if (best == nullptr) return operation.fail(unavailable_error("no connection to the database is up"));
  if (!best->admits(operation)) {
    return operation.fail(unavailable_error("too many reads are under way"));
  }
  best->submit(operation);
}

Task<void> Database::pause_before_retry(int attempt) {
  thread_local std::minstd_rand random{std::random_device{}()};
  std::uniform_int_distribution<int> milliseconds{1, 10 * attempt};
  boost::asio::steady_timer timer(context_, std::chrono::milliseconds{milliseconds(random)});
  co_await timer.async_wait(awaiting);
}

}  // namespace pim::pg
