// What a database says of the migrations that it has had: our ledger, and that of the replaced service's tool.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "base/problem.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::migrate {

struct LedgerRow {
  std::string checksum, finished_at, logs;
  bool is_applied;
  std::size_t steps;  // of one that runs in steps: how many are done
  std::string id;
};

// By the names of the migrations; those that were taken back are not in it. Empty where there is no ledger.
Result<std::map<std::string, LedgerRow>> read_ledger(pg::Blocking& connection);

pg::Outcome<bool> has_their_ledger(pg::Blocking& connection);
// Its tool would make the changes of its migrations up to this one of ours again.
pg::Outcome<void> note_in_their_ledger(pg::Blocking& connection, const std::string& name);

}  // namespace pim::ops::migrate
