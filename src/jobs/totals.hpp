// Keeps the exact totals of lists short (see db/migrations, "ListTotal"), and makes the months of the audit ahead.
#pragma once

#include <boost/asio/steady_timer.hpp>

#include "async/task.hpp"
#include "pg/database.hpp"

namespace pim::jobs {

class TotalsFolder {
 public:
  explicit TotalsFolder(pg::Database& database);
  // Folds about once a second until `stop`.
  Task<void> run();
  void stop();

 private:
  pg::Database& database_;
  boost::asio::steady_timer timer_;
  bool stopped_ = false;
};

}  // namespace pim::jobs
