#include "pg/check.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "pg/statement.hpp"

namespace pim::pg {
namespace {

struct Finish {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};
using ConnectionPointer = std::unique_ptr<PGconn, Finish>;

std::string said(const char* message) { return std::string(trimmed(message == nullptr ? "" : message)); }

// What is wrong with one statement, or "".
std::string trouble_with(PGconn* connection, const StatementBase& statement) {
  const auto prepared = own(PQprepare(connection, statement.name.c_str(), statement.sql.c_str(), 0, nullptr));
  if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) return said(PQresultErrorMessage(prepared.get()));

  const auto described = own(PQdescribePrepared(connection, statement.name.c_str()));
  if (PQresultStatus(described.get()) != PGRES_COMMAND_OK) return said(PQresultErrorMessage(described.get()));

  if (std::cmp_not_equal(PQnparams(described.get()), statement.parameters.size())) {
    return fmt::format("it has {} parameters, the program gives {}", PQnparams(described.get()),
                       statement.parameters.size());
  }
  for (std::size_t i = 0; i < statement.parameters.size(); ++i) {
    const Oid type = PQparamtype(described.get(), static_cast<int>(i));
    if (type != statement.parameters[i]) {
      return fmt::format("parameter ${} has type {}, the program gives {}", i + 1, type, statement.parameters[i]);
    }
  }
  if (std::cmp_not_equal(PQnfields(described.get()), statement.columns.size())) {
    return fmt::format("it has {} columns, the program reads {}", PQnfields(described.get()), statement.columns.size());
  }
  for (std::size_t i = 0; i < statement.columns.size(); ++i) {
    const auto column = static_cast<int>(i);
    const std::string_view name = PQfname(described.get(), column);
    const Oid type = PQftype(described.get(), column);
    if (name != statement.columns[i].name || type != statement.columns[i].type) {
      return fmt::format("column {} is {} of type {}, the program reads {} of type {}", i + 1, name, type,
                         statement.columns[i].name, statement.columns[i].type);
    }
  }
  return {};
}

}  // namespace

Result<void> check_statements(const std::string& url) {
  ConnectionPointer connection{PQconnectdb(url.c_str())};
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    return failure("The database is out of reach: " + said(PQerrorMessage(connection.get())));
  }
  std::string troubles;
  for (const StatementBase* statement : StatementBase::all()) {
    const std::string trouble = trouble_with(connection.get(), *statement);
    if (!trouble.empty()) troubles += fmt::format("\n  {}: {}", statement->name, trouble);
  }
  if (!troubles.empty()) {
    return failure("The database does not fit this version of the program:" + troubles,
                   "Run `pixelpim migrate status`, then `pixelpim migrate deploy`.");
  }
  return {};
}

}  // namespace pim::pg
