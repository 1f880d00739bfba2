// Are all statements of the program right for this database?
#pragma once

#include <string>

#include "base/problem.hpp"

namespace pim::pg {

// Prepares every statement on one connection to `url` (a libpq URI) and compares parameters and columns with
// the C++ types. The Problem names each statement that does not fit, and why. Blocks; for start-up.
Result<void> check_statements(const std::string& url);

}  // namespace pim::pg
