// Databases that operators have are of many ages: what is there?
#pragma once

#include <string_view>

#include "pg/blocking.hpp"

namespace pim::ops {

// Is there a table or view of this name in the schema of the program?
pg::Outcome<bool> has_table(pg::Blocking& connection, std::string_view name);

}  // namespace pim::ops
