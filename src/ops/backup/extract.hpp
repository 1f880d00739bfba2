// Brings a product back that is gone for good, from a backup that has it.
#pragma once

#include <string>
#include <vector>

#include "base/problem.hpp"
#include "ops/backup/backup.hpp"

namespace pim::ops::backup {

struct ExtractOptions {
  std::string product;  // its SKU or id
  std::string tenant;   // its owner's e-mail or id; empty: whoever has it
  bool with_variants = false;
  std::string sku, name;  // others than it had; empty: those
  int jobs = 2;
};
struct Extracted {
  std::vector<std::int64_t> ids;       // the product's first, then its variants'
  std::vector<std::int64_t> old_ids;   // and those that they had
  std::vector<std::int64_t> assets;    // that came back with it
  std::int64_t values = 0, links = 0;  // of attributes; to categories and assets
  std::vector<std::string> gone;       // what it led to and is there no more, a sentence each
};
// All of it in one transaction, or nothing. What lives is never changed: a SKU or a name that somebody has by now is
// refused, and so is a product that is there.
Result<Extracted> extract(const Backup& backup, const std::string& url, const media::Storage& storage,
                          const ExtractOptions& options, const Progress& progress);

}  // namespace pim::ops::backup
