// The indexes of db/soft_delete_indexes.sql: built without stopping anybody, what is broken or other than it should be
// built again.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::indexes {

enum class State : std::uint8_t { ok, missing, invalid, different };
std::string_view name_of(State state);

struct Index {
  std::string name, table;
  State state;
  std::string definition;  // as it should be
  std::int64_t bytes = 0, scans = 0;
};

// All of them. Changes nothing.
Result<std::vector<Index>> status(pg::Blocking& connection);

// Told what is built, and what is waited for.
using Progress = std::function<void(const std::string&)>;

// Builds what is not as it should be; gives the names. Stopped, the next call goes on.
Result<std::vector<std::string>> apply(pg::Blocking& connection, const Progress& progress);

// Drops all of them, without stopping anybody; gives the names.
Result<std::vector<std::string>> drop(pg::Blocking& connection, const Progress& progress);

}  // namespace pim::ops::indexes
