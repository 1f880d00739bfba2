#include "jobs/bulk_acts.hpp"

#include "async/awaiting.hpp"
#include "observe/log.hpp"
#include "sql/jobs.hpp"
#include "trash/bulk_acts.hpp"

namespace pim::jobs {
namespace {

constexpr auto bulk_pause = std::chrono::milliseconds{100};
constexpr auto pause_after_trouble = std::chrono::seconds{5};

const pg::Statement<trash::RunningBulk()> running_bulk_acts{"running_bulk_acts", sql::jobs::running_bulk_acts};

}  // namespace

BulkRunner::BulkRunner(pg::Database& database) : database_(database), timer_(database.context()) {}

// In turns, so that a large one holds up no small one. Was there something to do?
Task<bool> BulkRunner::run_a_batch_of_each() {
  const auto acts = co_await as_result(database_.read(running_bulk_acts));
  if (!acts) co_return false;
  bool did = false;
  for (int i = 0; i < acts->size() && !stopped_; ++i) {
    const auto done = co_await as_result(trash::run_batch(database_, (*acts)[i]));
    if (done) {
      did |= *done;
      continue;
    }
    observe::Line(observe::Level::warn, "bulk_act.delayed").add("bulk", (*acts)[i].id).add("why", done.error().message);
    timer_.expires_after(pause_after_trouble);
    co_await timer_.async_wait(awaiting);
  }
  co_return did;
}

Task<void> BulkRunner::run() {
  while (!stopped_) {
    if (database_.ready() && co_await run_a_batch_of_each()) continue;
    if (stopped_) co_return;
    timer_.expires_after(bulk_pause);
    co_await timer_.async_wait(awaiting);
  }
}

void BulkRunner::stop() {
  stopped_ = true;
  timer_.cancel();
}

}  // namespace pim::jobs
