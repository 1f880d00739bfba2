#include "ops/migrate/catalog.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/sha256.hpp"
#include "sql/ops/migrate.hpp"

namespace pim::ops::migrate {
namespace {

// What is in it is seen without its name.
pg::Outcome<Catalog> describe(pg::Blocking& connection, std::string_view schema) {
  auto seen = connection.query(std::string(sql::ops::migrate::look_into), {schema});
  if (!seen) return std::unexpected(std::move(seen).error());
  auto rows = connection.query(std::string(sql::ops::migrate::describe_catalog), {seen->text(0, 1)});
  if (!rows) return std::unexpected(std::move(rows).error());
  Catalog catalog;
  for (int i = 0; i < rows->size(); ++i) {
    const auto text = [&](int column) { return std::string(rows->text(i, column)); };
    catalog[{text(0), text(1), text(2)}] = {text(0), text(1), text(2), text(3), text(5), rows->text(i, 4) == "t"};
  }
  return catalog;
}

}  // namespace

std::string Object::words() const {
  if (kind == "type" || kind == "table" || kind == "view" || kind == "function")
    return fmt::format("{} \"{}\"", kind, name);
  return fmt::format("{} \"{}\" of \"{}\"", kind, name, relation);
}

pg::Outcome<Catalog> describe_public(pg::Blocking& connection) { return describe(connection, "public"); }

pg::Outcome<std::vector<Catalog>> describe_after(pg::Blocking& connection, const std::vector<Migration>& migrations) {
  std::vector<Catalog> catalogs;
  auto transaction = pg::Transaction::begin(connection);
  if (!transaction) return std::unexpected(std::move(transaction).error());
  for (const Migration& migration : migrations) {
    if (auto seen = connection.query(std::string(sql::ops::migrate::look_into), {"pg_temp"}); !seen) {
      return std::unexpected(std::move(seen).error());
    }
    if (auto ran = connection.script(migration.up); !ran) return std::unexpected(std::move(ran).error());
    auto catalog = describe(connection, "pg_temp");
    if (!catalog) return std::unexpected(std::move(catalog).error());
    catalogs.push_back(*std::move(catalog));
  }
  return catalogs;
}

std::vector<std::string> lines_of(const Catalog& catalog) {
  std::vector<std::string> lines;
  for (const auto& [key, object] : catalog) {
    lines.push_back(fmt::format("{} | {} | {} | {}{}{}", object.kind, object.relation, object.name, object.definition,
                                object.is_required ? " NOT NULL" : "",
                                object.fallback.empty() ? "" : " DEFAULT " + object.fallback));
  }
  return lines;
}

std::string fingerprint_of(const Catalog& catalog) {
  return sha256_of(fmt::format("{}", fmt::join(lines_of(catalog), "\n")));
}

}  // namespace pim::ops::migrate
