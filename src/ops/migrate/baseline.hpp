// Takes over the database of the service that PixelPim replaces: compares what is there with what its migrations make,
// says each difference and what would be done about it, and does it once that is confirmed.
#pragma once

#include <string>
#include <vector>

#include "base/problem.hpp"
#include "ops/migrate/migrate.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::migrate {

enum class Verdict : std::uint8_t { kept, done, left, refused };
std::string_view name_of(Verdict verdict);

// A difference between the database and the one that its migrations make, or something in its rows.
struct Difference {
  std::string what, then;  // what is so, and what becomes of it
  Verdict
      verdict;  // kept; done by the baseline; left: to be seen to before the deploy; refused: it can't be taken over
  std::string sql;  // of `done`
};

struct Baseline {
  std::string state;                 // "without soft delete", …
  std::string fingerprint;           // SHA-256 of the catalog, as it was found
  std::vector<std::string> covered;  // our migrations that it has already
  std::vector<Difference> differences;
  std::vector<std::string> ledger;  // rows that will be written into the ledger of the replaced service's tool
  std::int64_t products = 0, trashed = 0;
  bool was_adopted = false, is_adopted = false;  // before, and now

  bool is_refused() const;
};

// Looks; with `confirm` it takes over what is not refused. `force` lets migrations pass that are not known.
Result<Baseline> baseline(pg::Blocking& connection, const std::vector<Migration>& ours, bool confirm, bool force,
                          const Progress& progress);

// Our migrations that the database of the replaced service has already, as long as it is not taken over.
pg::Outcome<std::vector<std::string>> covered_already(pg::Blocking& connection, const std::vector<Migration>& ours);

}  // namespace pim::ops::migrate
