#include "ops/migrate/execute.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "sql/ops/migrate.hpp"

namespace pim::ops::migrate {

using namespace std::chrono_literals;

namespace {

// As a literal between dollar signs, with a tag that the text does not have.
std::string dollar_quoted(std::string_view text) {
  std::string tag = "m";
  for (int n = 1; text.contains(tag); ++n) tag = fmt::format("m{}", n);
  return fmt::format("${0}${1}${0}$", tag, text);
}

bool ends_transactions(const pg::Error& error) {
  const bool begins_or_ends = error.sqlstate == "0A000" && error.message.starts_with("EXECUTE of transaction");
  return begins_or_ends || error.sqlstate == "2D000";  // that one: a COMMIT inside of a DO or CALL of the file
}

}  // namespace

pg::Outcome<void> run(pg::Blocking& connection, std::string_view statement,
                      std::initializer_list<pg::Blocking::Value> values) {
  auto done = connection.query(std::string(statement), values);
  if (!done) return std::unexpected(std::move(done).error());
  return {};
}

// The file runs inside of a DO: there a COMMIT is an error, and takes back what was done before it.
pg::Outcome<void> run_file(pg::Blocking& connection, const std::string& file) {
  auto ran = connection.script("DO " + dollar_quoted(fmt::format("BEGIN EXECUTE {}; END", dollar_quoted(file))));
  if (!ran && ends_transactions(ran.error())) {
    ran.error().message = "it ends the transaction that it runs in: take BEGIN and COMMIT out of the file";
  }
  return ran;
}

pg::Outcome<void> set_limits(pg::Blocking& connection, std::string_view scope, const Patience& patience) {
  return connection.script(
      fmt::format("SET {0} lock_timeout = {1}; SET {0} statement_timeout = 0", scope, patience.table_lock.count()));
}

bool waits_for_table(const pg::Error& error) { return error.sqlstate == "55P03"; }

std::string lock_holders(pg::Blocking& connection) {
  auto rows = connection.query(std::string(sql::ops::migrate::find_lock_holders));
  return rows && !rows->is_null(0, 0) ? std::string(rows->text(0, 0)) : "nobody that is still there";
}

void wait_for_table(pg::Blocking& connection, const std::string& name, int attempt, const Progress& progress) {
  progress(fmt::format("{} waits for a table; locks are held by: {}", name, lock_holders(connection)));
  std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(100ms * attempt, 2s));
}

}  // namespace pim::ops::migrate
