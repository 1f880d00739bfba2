#include "ops/journal.hpp"

#include <fmt/format.h>

#include "sql/ops.hpp"

namespace pim::ops {
namespace {

// The next step, by what the database said.
std::string remedy_of(const pg::Error& error) {
  const std::string_view state = error.sqlstate;
  if (error.connection_lost || state.starts_with("57P") || state.starts_with("08")) {
    return "The database stopped, or the way to it is cut. Nothing is half done: run the command again when it is "
           "back.";
  }
  if (state == "42501") {
    return "This role may not do that. Connect as the owner of the tables, or let the owner grant it, and run the "
           "command again.";
  }
  if (state == "53100") return "The disk is full. Make room there, and run the command again: it goes on where it was.";
  if (state == "53300") return "The server has no connection to spare. End some, and run the command again.";
  if (state == "55P03") return "Somebody holds a lock for too long. End that session, and run the command again.";
  if (state == "25006") return "This server is read-only (a standby?). Name the primary in DATABASE_URL.";
  return error.hint;
}

}  // namespace

pg::Outcome<void> make_journal(pg::Blocking& connection) {
  return connection.script(std::string(sql::ops::make_journal));
}

pg::Outcome<std::int64_t> note(pg::Blocking& connection, std::string_view operation, std::string_view state,
                               std::string_view detail) {
  auto noted = connection.query(std::string(sql::ops::note), {operation, state, detail});
  if (!noted) return std::unexpected(std::move(noted).error());
  return noted->number(0, 0);
}

pg::Outcome<void> note_again(pg::Blocking& connection, std::int64_t entry, std::string_view state,
                             std::string_view detail) {
  const std::string id = std::to_string(entry);
  auto noted = connection.query(std::string(sql::ops::note_again), {id, state, detail});
  if (!noted) return std::unexpected(std::move(noted).error());
  return {};
}

std::unexpected<Problem> operator_failure(const pg::Error& error) {
  return failure(fmt::format("The database says: {}{}{}", error.message, error.detail.empty() ? "" : " ", error.detail),
                 remedy_of(error));
}

}  // namespace pim::ops
