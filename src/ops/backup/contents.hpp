// What is in a database, in figures that can be compared: the rows of each table and a hash of them, and the schema.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::backup {

struct TableContent {
  std::string name;  // as SQL names it: public."Product"
  std::int64_t rows = 0;
  std::string hash;  // of all rows, in whatever order they lie
  bool operator==(const TableContent&) const = default;
};

// How values are written as text depends on these; and no policy may hide rows.
pg::Outcome<void> make_comparable(pg::Blocking& connection);

// Of every table, by name. `done` counts the tables that have been read.
pg::Outcome<std::vector<TableContent>> read_contents(pg::Blocking& connection, std::atomic<int>& done);
// A line for each thing in the schema.
pg::Outcome<std::string> read_schema(pg::Blocking& connection);

// What differs, a sentence each; empty: nothing does.
std::vector<std::string> differences(const std::vector<TableContent>& expected, const std::vector<TableContent>& found);
std::vector<std::string> schema_differences(const std::string& expected, const std::string& found);

}  // namespace pim::ops::backup
