// Switches the trash off and on, of a service that runs.
#pragma once

#include <string>

#include "base/problem.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::rollback {

struct Switched {
  std::string since;  // since when it is off; empty: it was on all along
  bool changed = false;
  std::int64_t in_trash = 0;   // rows
  std::int64_t kept_acts = 0;  // switched on: whose rows are kept for as much longer as it was off
};

// Only looks.
Result<Switched> look(pg::Blocking& connection);
// Every server reads the switch with each request: it holds for those that begin after the return.
Result<Switched> switch_off(pg::Blocking& connection);
Result<Switched> switch_on(pg::Blocking& connection, int retention_days);

}  // namespace pim::ops::rollback
