// A PostgreSQL of the tests' own: made for this run in a temporary folder, gone with it.
#pragma once

#include <string>

#include "pg/embedded/cluster.hpp"

namespace pim::test {

// The cluster of this run. Started when it is first asked for.
pg::embedded::Cluster& cluster();

// The libpq URI of a new, empty database.
std::string fresh_database();
// And of one with all migrations applied.
std::string migrated_database();

}  // namespace pim::test
