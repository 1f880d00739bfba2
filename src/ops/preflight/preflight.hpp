// What is to be true before a deployment: the guide's checklist, and what would go wrong half-way. Changes nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "config/config.hpp"
#include "ops/checked.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::preflight {

Result<std::vector<Checked>> check(const config::Config& config, pg::Blocking& connection);

// What people have to do themselves, kept in the journal with who and when. A review is of what is there now: when that
// changes, it is to be reviewed again.
struct Review {
  std::string_view name;  // "migration", "indexes", "rollback"
  std::string of;         // SHA-256 of what was reviewed
};
std::vector<std::string> reviews();
Result<Review> review(const config::Config& config, pg::Blocking& connection, std::string_view name,
                      const std::string& by);

}  // namespace pim::ops::preflight
