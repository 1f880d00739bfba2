// Goes on with acts on very many rows (see trash/bulk_acts.hpp), of whichever server they began at.
#pragma once

#include <boost/asio/steady_timer.hpp>

#include "async/task.hpp"
#include "pg/database.hpp"

namespace pim::jobs {

class BulkRunner {
 public:
  explicit BulkRunner(pg::Database& database);
  // Looks for work ten times a second until `stop`.
  Task<void> run();
  void stop();

 private:
  Task<bool> run_a_batch_of_each();

  pg::Database& database_;
  boost::asio::steady_timer timer_;
  bool stopped_ = false;
};

}  // namespace pim::jobs
