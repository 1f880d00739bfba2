#include "pg/error.hpp"

#include <algorithm>

namespace pim::pg {
namespace {

std::string field_of(const PGresult* result, int field) {
  const char* text = PQresultErrorField(result, field);
  return text == nullptr ? "" : text;
}

std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

// Connection exceptions, too little of some resource, the server is stopping or starting.
bool is_unavailable(const Error& error) {
  return error.connection_lost || error.sqlstate.starts_with("08") || error.sqlstate.starts_with("53") ||
         error.sqlstate.starts_with("57P0");
}

// A text that is no UTF-8, or has a zero character: the client's mistake, wherever it stood.
bool is_unreadable_text(const Error& error) { return error.sqlstate == "22021"; }

// For the log. What a value or a row violates is said with the value or the row, which is left out.
std::string words_of(const Error& error) {
  const bool is_of_a_value = error.sqlstate.starts_with("22"), is_of_a_row = error.sqlstate.starts_with("23");
  std::string words = error.sqlstate + " " + error.message;
  if (is_of_a_value) words.erase(std::min(words.find(": \""), words.size()));
  if (!error.detail.empty() && !is_of_a_value && !is_of_a_row) words += " " + error.detail;
  return words;
}

// Cancelled by statement_timeout; waited too long for a lock, or in a deadlock, more often than we try.
bool is_timeout(const Error& error) {
  return error.sqlstate == "57014" || error.sqlstate == "55P03" || error.sqlstate == "40P01" ||
         error.sqlstate == "40001";
}

}  // namespace

Error error_of(const PGresult* result) {
  Error error;
  error.sqlstate = field_of(result, PG_DIAG_SQLSTATE);
  error.constraint = field_of(result, PG_DIAG_CONSTRAINT_NAME);
  error.message = field_of(result, PG_DIAG_MESSAGE_PRIMARY);
  error.detail = field_of(result, PG_DIAG_MESSAGE_DETAIL);
  error.hint = field_of(result, PG_DIAG_MESSAGE_HINT);
  error.table = field_of(result, PG_DIAG_TABLE_NAME);
  error.column = field_of(result, PG_DIAG_COLUMN_NAME);
  if (error.message.empty()) error.message = without_line_end(PQresultErrorMessage(result));
  return error;
}

Error error_of(const PGconn* connection) {
  Error error;
  error.message = without_line_end(PQerrorMessage(connection));
  error.connection_lost = PQstatus(connection) == CONNECTION_BAD;
  return error;
}

Problem to_problem(const Error& error) {
  const std::string said = words_of(error);
  if (is_unavailable(error)) return unavailable(said).error();
  // A rule of the trash, raised by the database itself: its code stands in place of a constraint's name.
  if (error.sqlstate == "PX423" || error.sqlstate == "PX409") {
    return Problem{.status = error.sqlstate == "PX423" ? 423 : 409,
                   .code = error.constraint,
                   .message = error.message,
                   .remedy = error.hint,
                   .facts = error.detail};
  }
  if (is_unreadable_text(error)) {
    return bad_request("The request has a text that is not valid UTF-8, or a zero character", "encoding").error();
  }
  if (is_timeout(error)) {
    return Problem{.status = 503,
                   .code = "timeout",
                   .message = "The database took too long for this request. Try again.",
                   .detail = said,
                   .retry_after_seconds = 1};
  }
  return internal(said).error();
}

}  // namespace pim::pg
