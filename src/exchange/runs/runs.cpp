#include "exchange/runs/runs.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <array>
#include <boost/asio/steady_timer.hpp>

#include "async/awaiting.hpp"
#include "exchange/runs/statements.hpp"
#include "json/writer.hpp"
#include "observe/log.hpp"

namespace pim::exchange::runs {
namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 300ms;
constexpr auto tell_at_least_every = 5s;  // under the half minute after which a server counts as lost
constexpr auto comment_every = 15s;       // so that a client that is gone is noticed
constexpr std::int64_t steps_usual = 25;  // of the writing

Task<void> pause(boost::asio::io_context& context, std::chrono::milliseconds time) {
  boost::asio::steady_timer timer(context, time);
  co_await timer.async_wait(awaiting);
}

// Nobody guesses it.
std::string random_id() {
  std::array<unsigned char, 16> bytes{};
  RAND_bytes(bytes.data(), bytes.size());
  std::string id;
  for (const unsigned char byte : bytes) id += fmt::format("{:02x}", byte);
  return id;
}

std::string event_of(const RunRow& run) {
  std::string text = "data: ";
  json::Object event{text};
  const bool is_done = run.state == "completed";
  const std::int64_t percentage = is_done          ? 100
                                  : run.total == 0 ? 0
                                                   : std::min<std::int64_t>(99, run.processed * 100 / run.total);
  event.add("processed", run.processed).add("total", run.total).add("successCount", run.succeeded);
  event.add("failedCount", run.failed)
      .add("percentage", percentage)
      .add("status", run.state)
      .add("message", run.message);
  if (run.failed_rows) event.add_raw("failedRows", *run.failed_rows);
  if (run.summary) event.add_raw("summary", *run.summary);
  event.close();
  return text + "\n\n";
}

// Looks at the run again and again, and tells what is new.
class Events final : public http::BodyStream {
 public:
  Events(pg::Databases& databases, std::int32_t tenant, std::int32_t user, std::string id)
      : databases_(databases), tenant_(tenant), user_(user), id_(std::move(id)) {}

  Task<Result<std::string_view>> next() override {
    auto& database = databases_.here();
    const auto until = std::chrono::steady_clock::now() + comment_every;
    for (; !is_over_; is_first_ = false) {
      if (!is_first_) co_await pause(database.context(), look_every);
      if (draining_) break;
      const auto rows = co_await database.read(find_run, tenant_, id_, user_);
      if (rows.empty()) break;  // forgotten
      const RunRow run = rows[0];
      is_over_ = run.state != "processing";
      if (std::string event = event_of(run); event != last_ || is_over_) {
        last_ = std::move(event);
        is_first_ = false;
        co_return std::string_view(last_);
      }
      if (std::chrono::steady_clock::now() > until) co_return std::string_view(": it goes on\n\n");
    }
    co_return std::string_view();
  }
  void drain() override { draining_ = true; }

 private:
  pg::Databases& databases_;
  std::int32_t tenant_, user_;
  std::string id_, last_;
  bool is_first_ = true, is_over_ = false, draining_ = false;
};

}  // namespace

struct Runs::Run {
  Run(std::int32_t of_tenant, std::string its_id) : tenant(of_tenant), id(std::move(its_id)) {}

  const std::int32_t tenant;
  const std::string id;
  std::atomic<std::int64_t> rows = 0, steps = 0;
  std::atomic<bool> is_writing = false, is_done = false;

  std::int64_t total() const { return is_writing ? rows.load() : 0; }
  std::int64_t processed() const {
    return is_writing ? rows * std::min(steps.load(), steps_usual - 1) / steps_usual : rows.load();
  }
  std::string message() const {
    return is_writing ? fmt::format("Writing {} rows", rows.load())
                      : fmt::format("Reading the file: {} rows", rows.load());
  }
};

Task<Result<std::string>> Runs::start(std::int32_t tenant, std::int32_t actor, std::string file_name, bool is_dry_run,
                                      Work work) {
  auto run = std::make_shared<Run>(tenant, random_id());
  co_await databases_.here().write(start_run, tenant, actor, run->id, file_name, is_dry_run);
  ++under_way_;
  spawn(tell(run));
  spawn(execute(run, std::move(work)));
  co_return run->id;
}

ImportProgress Runs::progress_of(const std::shared_ptr<Run>& run) {
  return [this, run](std::string_view phase, std::int64_t rows) -> Result<void> {
    run->rows = rows;
    if (phase == "writing") {
      run->is_writing = true;
      ++run->steps;
    }
    if (stopping_) {
      return std::unexpected(Problem{.status = 503, .code = "import.stopped", .message = "The server was stopped"});
    }
    return {};
  };
}

Task<void> Runs::execute(std::shared_ptr<Run> run, Work work) {
  auto& here = runtime_.context(Runtime::here());
  const auto outcome = co_await as_result(pool_.run(here, [&, progress = progress_of(run)] { return work(progress); }));
  run->is_done = true;
  std::string state = "completed", message;
  Outcome done{.rows = run->rows, .failed = 0};
  if (outcome) {
    done = *outcome;
    message = done.message;
  } else {
    state = "error";
    const Problem& problem = outcome.error();
    message = problem.messages.empty() ? problem.message : problem.messages.front();
    if (!problem.remedy.empty()) message += " " + problem.remedy;
    observe::Line(observe::Level::warn, "import.failed")
        .add("run", run->id)
        .add("reason", problem.message)
        .add("detail", problem.detail);
  }
  const auto or_null = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
  };
  for (int attempt = 1; attempt <= 5; ++attempt) {
    auto noted =
        co_await as_result(databases_.here().write(end_run, run->tenant, run->id, state, message, done.rows,
                                                   done.failed, or_null(done.failed_rows), or_null(done.summary)));
    if (noted) break;
    co_await pause(here, 1s);
  }
  --under_way_;
}

// Notes how far the run is, until it is done.
Task<void> Runs::tell(std::shared_ptr<Run> run) {
  auto& database = databases_.here();
  std::string told;
  auto told_at = std::chrono::steady_clock::now();
  while (!run->is_done) {
    co_await pause(database.context(), look_every);
    const auto now = std::chrono::steady_clock::now();
    std::string message = run->message();
    const std::string state = fmt::format("{} {}", message, run->processed());
    if (run->is_done || (state == told && now - told_at < tell_at_least_every)) continue;
    const auto noted =
        co_await as_result(database.write(note_run, run->tenant, run->id, run->processed(), run->total(), message));
    if (noted) told = state, told_at = now;
  }
}

Task<Result<http::Response>> Runs::follow(std::int32_t tenant, std::int32_t user, std::string id) {
  const auto rows = co_await databases_.here().read(find_run, tenant, id, user);
  if (rows.empty()) co_return not_found(fmt::format("Import session with ID {} not found", id));
  auto response =
      http::Response::streamed("text/event-stream", std::make_unique<Events>(databases_, tenant, user, std::move(id)));
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Accel-Buffering", "no");  // proxies are not to collect it
  co_return response;
}

Task<void> Runs::stop() {
  stopping_ = true;
  auto& here = runtime_.context(Runtime::here());
  while (under_way_ > 0) co_await pause(here, 20ms);
}

}  // namespace pim::exchange::runs
