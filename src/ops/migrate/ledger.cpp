#include "ops/migrate/ledger.hpp"

#include "ops/journal.hpp"
#include "ops/migrate/execute.hpp"
#include "ops/migrate/originals.hpp"
#include "sql/ops/migrate.hpp"

namespace pim::ops::migrate {

namespace statements = sql::ops::migrate;

Result<std::map<std::string, LedgerRow>> read_ledger(pg::Blocking& connection) {
  std::map<std::string, LedgerRow> ledger;
  auto database = connection.query(std::string(statements::find_database));
  if (!database) return operator_failure(database.error());
  if (database->text(0, 2) != "t") return ledger;
  auto rows = connection.query(std::string(statements::read_ledger));
  if (!rows) return operator_failure(rows.error());
  for (int row = 0; row < rows->size(); ++row) {
    if (rows->text(row, 5) == "t") continue;
    ledger[std::string(rows->text(row, 0))] = {.checksum = std::string(rows->text(row, 1)),
                                               .finished_at = std::string(rows->text(row, 2)),
                                               .logs = std::string(rows->text(row, 3)),
                                               .is_applied = rows->text(row, 4) == "t",
                                               .steps = static_cast<std::size_t>(rows->number(row, 6)),
                                               .id = std::string(rows->text(row, 7))};
  }
  return ledger;
}

pg::Outcome<bool> has_their_ledger(pg::Blocking& connection) {
  auto found = connection.query(std::string(statements::find_database));
  if (!found) return std::unexpected(std::move(found).error());
  return found->text(0, 0) == "t";
}

pg::Outcome<void> note_in_their_ledger(pg::Blocking& connection, const std::string& name) {
  const bool is_later = covers(name, originals.back()) && name > originals.back().name;
  if (is_later) return {};
  auto theirs = has_their_ledger(connection);
  if (!theirs) return std::unexpected(std::move(theirs).error());
  if (!*theirs) return {};
  for (const Original& original : originals) {
    if (!covers(name, original)) continue;
    if (auto noted = run(connection, statements::note_in_their_ledger, {original.name, original.checksum}); !noted)
      return noted;
  }
  return {};
}

}  // namespace pim::ops::migrate
