#include "pg/statement.hpp"

namespace pim::pg {
namespace {

std::vector<const StatementBase*>& registry() {
  static std::vector<const StatementBase*> statements;
  return statements;
}

}  // namespace

StatementBase::StatementBase(std::string_view statement_name, std::string_view statement_sql, Plan how,
                             std::vector<std::uint32_t> parameter_types, std::vector<Column> result_columns,
                             bool finds_by_its_key)
    : name(statement_name),
      sql(statement_sql),
      plan(how),
      parameters(std::move(parameter_types)),
      columns(std::move(result_columns)),
      finds_by_key(finds_by_its_key),
      index(registry().size()) {
  registry().push_back(this);
}

const std::vector<const StatementBase*>& StatementBase::all() { return registry(); }

std::string column_name(std::string_view member) {
  std::string name;
  bool upper = false;
  for (const char c : member) {
    if (c == '_') {
      upper = true;
    } else {
      name += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
      upper = false;
    }
  }
  return name;
}

}  // namespace pim::pg
