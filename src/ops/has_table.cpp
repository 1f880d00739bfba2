#include "ops/has_table.hpp"

#include "sql/ops.hpp"

namespace pim::ops {

pg::Outcome<bool> has_table(pg::Blocking& connection, std::string_view name) {
  auto found = connection.query(std::string(sql::ops::has_table), {name});
  if (!found) return std::unexpected(std::move(found).error());
  return found->text(0, 0) == "t";
}

}  // namespace pim::ops
