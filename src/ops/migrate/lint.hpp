// What a migration would do to a database that people work with: the lock that each statement takes, what it rewrites,
// and what is better done otherwise.
#pragma once

#include <string>
#include <vector>

#include "ops/migrate/migrate.hpp"

namespace pim::ops::migrate {

struct Remark {
  std::string statement;  // its beginning
  std::string lock;       // "ACCESS EXCLUSIVE on \"Product\": reads and writes wait"
  std::string trouble;    // "" for none: what stalls others, and what to do instead
};

// The statements that touch tables which were there before the migration. It is read, not run.
std::vector<Remark> lint(const Migration& migration);

}  // namespace pim::ops::migrate
