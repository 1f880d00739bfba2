// Takes a file of products into a tenant's catalogue.
//
// The file is read once, in constant memory, into temporary tables; then one transaction brings the catalogue to
// what the file says. A row that can't go in is rejected with its line and the reason; the rest goes in. Run twice,
// the second run changes nothing. A product in the trash is never brought back by an import.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "exchange/read_file.hpp"
#include "pg/blocking.hpp"

namespace pim::exchange {

enum class Mode : std::uint8_t {
  upsert,   // products are made, and changed where they are there already: what the file does not say stays
  create,   // only made
  update,   // only changed; a name is not needed
  replace,  // as upsert, but what the file does not say goes: values, links, images, categories
};
// "upsert" and its like; nullopt for another word.
std::optional<Mode> mode_named(std::string_view name) noexcept;

struct ImportOptions {
  std::int32_t tenant;
  std::int32_t actor;
  FileForm form;
  Mode mode = Mode::upsert;
  bool is_dry_run = false;  // everything is done, told, and taken back
};

// What an import did in detail; the first 1,000 of each.
struct Plan {
  struct Model {
    std::string kind, name, type;  // kind: attribute, family, category, attributeGroup; type: an attribute's
  };
  struct Product {
    std::int64_t line;
    std::string sku, name;
    bool is_new;
    std::string fields;  // that change: a JSON array
  };
  std::vector<Model> models;
  std::vector<Product> products;
};

struct ImportSummary {
  FileContent file;
  std::int64_t created = 0, updated = 0, unchanged = 0, rejected = 0;
  std::int64_t variants = 0;                                  // rows of the file that are linked to a parent
  std::int64_t links_refused = 0;                             // links to a variant that could not be made
  std::int64_t attributes = 0, families = 0, categories = 0;  // made
  double seconds = 0;
  std::optional<Plan> plan;  // of a dry run
};

struct Reject {
  std::int64_t line;
  std::string reason;
  bool is_row;  // the row did not go in; else it did, without one of its links
};

// Told how far it is: a phase, and the rows read so far. A Problem ends the import, and takes back all of it.
using ImportProgress = std::function<Result<void>(std::string_view phase, std::int64_t rows)>;

// Reads `file`, CSV or XLSX, to its end. The connection must be nobody else's. Rejects are given one by one, in order,
// at the end.
Result<ImportSummary> import_products(pg::Blocking& connection, std::istream& file, const ImportOptions& options,
                                      const ImportProgress& progress, const std::function<void(const Reject&)>& reject);

}  // namespace pim::exchange
