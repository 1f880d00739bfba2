#include "jobs/totals.hpp"

#include "async/awaiting.hpp"
#include "sql/jobs.hpp"

namespace pim::jobs {
namespace {

constexpr auto interval = std::chrono::seconds{1};

struct Folded {
  std::int64_t taken;
};
BOOST_DESCRIBE_STRUCT(Folded, (), (taken))

const pg::Statement<Folded()> fold_totals{"fold_totals", sql::jobs::fold_totals};

}  // namespace

TotalsFolder::TotalsFolder(pg::Database& database) : database_(database), timer_(database.context()) {}

Task<void> TotalsFolder::run() {
  while (!stopped_) {
    timer_.expires_after(interval);
    co_await timer_.async_wait(awaiting);
    // A fold that fails is no loss: the totals are right without it, and the next one takes more.
    if (!stopped_ && database_.ready()) co_await as_result(database_.write(fold_totals));
  }
}

void TotalsFolder::stop() {
  stopped_ = true;
  timer_.cancel();
}

}  // namespace pim::jobs
