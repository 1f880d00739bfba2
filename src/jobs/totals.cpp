#include "jobs/totals.hpp"

#include "async/awaiting.hpp"
#include "sql/jobs.hpp"

namespace pim::jobs {
namespace {

constexpr auto interval = std::chrono::seconds{1};
constexpr int folds_between_months = 3600;  // about an hour

struct Folded {
  std::int64_t taken;
};
BOOST_DESCRIBE_STRUCT(Folded, (), (taken))

const pg::Statement<Folded()> fold_totals{"fold_totals", sql::jobs::fold_totals};

struct MonthsMade {
  std::int32_t made;
};
BOOST_DESCRIBE_STRUCT(MonthsMade, (), (made))

const pg::Statement<MonthsMade()> make_audit_months{"make_audit_months", sql::jobs::make_audit_months};

}  // namespace

TotalsFolder::TotalsFolder(pg::Database& database) : database_(database), timer_(database.context()) {}

Task<void> TotalsFolder::run() {
  for (int fold = 0; !stopped_; ++fold) {
    timer_.expires_after(interval);
    co_await timer_.async_wait(awaiting);
    // A fold that fails is no loss: the totals are right without it, and the next one takes more.
    if (!stopped_ && database_.ready()) co_await as_result(database_.write(fold_totals));
    if (!stopped_ && database_.ready() && fold % folds_between_months == 0) {
      co_await as_result(database_.write(make_audit_months));
    }
  }
}

void TotalsFolder::stop() {
  stopped_ = true;
  timer_.cancel();
}

}  // namespace pim::jobs
