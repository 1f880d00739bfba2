// Runs a program as another user and waits for it.
#pragma once

#include <string>
#include <vector>

#include "base/problem.hpp"
#include "pg/embedded/cluster.hpp"

namespace pim::pg::embedded {

struct Finished {
  int exit_code;
  std::string output;  // standard output and standard error
};

// The program inherits nothing but its standard streams. A Problem: it could not be started.
Result<Finished> run_as(const Account& account, const std::string& program, const std::vector<std::string>& arguments);

// The user to run PostgreSQL as: this one, or for root `pixelpim` or else `postgres`.
Result<Account> unprivileged_account();

}  // namespace pim::pg::embedded
