// What PostgreSQL, or the connection to it, said went wrong.
#pragma once

#include <libpq-fe.h>

#include <string>

#include "base/problem.hpp"

namespace pim::pg {

struct Error {
  std::string sqlstate;    // "23505"; empty when the server did not answer
  std::string constraint;  // the constraint or unique index that was violated
  std::string message, detail, hint, table, column;
  bool connection_lost = false;  // the outcome of a write is unknown then

  bool is_unique_violation_of(std::string_view index) const { return sqlstate == "23505" && constraint == index; }
};

Error error_of(const PGresult* result);
Error error_of(const PGconn* connection);

// What a client is told where a slice does not map the error itself: a timeout or a database that is away is 503,
// anything else is a bug, 500, with the server's words for the log only.
Problem to_problem(const Error& error);

}  // namespace pim::pg
