// Runs a program as another user and waits for it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "pg/embedded/cluster.hpp"

namespace pim::pg::embedded {

struct Finished {
  int exit_code;
  std::string output;  // standard output and standard error
};

// The program inherits nothing but its standard streams, and `inherited` where that is a descriptor. A Problem: it
// could not be started.
Result<Finished> run_as(const Account& account, const std::string& program, const std::vector<std::string>& arguments,
                        int inherited = -1);

// The user to run PostgreSQL as: this one, or for root `pixelpim` or else `postgres`.
Result<Account> unprivileged_account();
// The user to run PostgreSQL as with the data in this folder. Root takes its owner, where it is there: the cluster may
// be another user's.
Result<Account> account_for(const std::filesystem::path& data);

}  // namespace pim::pg::embedded
