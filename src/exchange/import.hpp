// Takes a file of products into a tenant's catalogue.
//
// The file is read once, in constant memory, into temporary tables; then one transaction brings the catalogue to
// what the file says. A row that can't go in is rejected with its line and the reason; the rest goes in. Run twice,
// the second run changes nothing. A product in the trash is never brought back by an import.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "exchange/read_file.hpp"
#include "pg/blocking.hpp"

namespace pim::exchange {

struct ImportOptions {
  std::int32_t tenant;
  std::int32_t actor;
  FileForm form;
};

struct ImportSummary {
  FileContent file;
  std::int64_t created = 0, updated = 0, unchanged = 0, rejected = 0;
  std::int64_t variants = 0;                                  // rows of the file that are linked to a parent
  std::int64_t links_refused = 0;                             // links to a variant that could not be made
  std::int64_t attributes = 0, families = 0, categories = 0;  // made
  double seconds = 0;
};

struct Reject {
  std::int64_t line;
  std::string reason;
  bool is_row;  // the row did not go in; else it did, without one of its links
};

// Told how far it is: a phase, and the rows read so far.
using ImportProgress = std::function<void(std::string_view phase, std::int64_t rows)>;

// Reads `file` to its end. The connection must be nobody else's. Rejects are given one by one, in order, at the end.
Result<ImportSummary> import_products(pg::Blocking& connection, std::istream& file, const ImportOptions& options,
                                      const ImportProgress& progress, const std::function<void(const Reject&)>& reject);

}  // namespace pim::exchange
