// What is in a schema, as texts that can be compared, and what the first migrations would make.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "ops/migrate/migrate.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::migrate {

struct Object {
  std::string kind, relation, name, definition, fallback;  // fallback: a column's default
  bool is_required = false;                                // a column that is NOT NULL
  std::string words() const;                               // `column "sku" of "Product"`
};

// By kind, table and name.
using Catalog = std::map<std::tuple<std::string, std::string, std::string>, Object>;

// The schema public, as this transaction sees it.
pg::Outcome<Catalog> describe_public(pg::Blocking& connection);

// The catalogs after each of these migrations. They are run on temporary tables in a transaction that is rolled back.
pg::Outcome<std::vector<Catalog>> describe_after(pg::Blocking& connection, const std::vector<Migration>& migrations);

// An object a line; and the SHA-256 of that.
std::vector<std::string> lines_of(const Catalog& catalog);
std::string fingerprint_of(const Catalog& catalog);

}  // namespace pim::ops::migrate
