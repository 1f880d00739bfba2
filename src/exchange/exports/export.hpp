// An export under way: products in, pieces of a file out.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exchange/exports/source.hpp"
#include "exchange/exports/writer.hpp"

namespace pim::exchange::exports {

struct Plan {
  std::string url;
  std::int32_t tenant;
  Select select;
  std::function<Result<std::vector<Column>>(const Model&)> columns;
  std::function<std::unique_ptr<Writer>()> writer;
};

// Blocks: for a thread of a pool, or the command line. Ended by being destroyed, at any time.
class Export {
 public:
  explicit Export(Plan plan) : plan_(std::move(plan)) {}

  // Adds the next piece of the file to `out`; false when that was the last. The first call connects.
  Result<bool> step(std::string& out);
  std::int64_t rows() const noexcept { return rows_; }

 private:
  Result<void> begin(std::string& out);

  Plan plan_;
  std::optional<Source> source_;
  std::vector<Column> columns_;
  std::unique_ptr<Writer> writer_;
  std::int64_t rows_ = 0;
};

// Which columns people chose; what is not said is everything that is usual.
struct Choice {
  std::optional<std::vector<Field>> fields;
  std::optional<std::vector<std::string>> attributes;  // by id or by name
  bool has_typed_names = true;                         // "Colour [STRING]": an import makes the very type again
};
// 400 names the attribute that is not there.
Result<std::vector<Column>> choose(const Choice& choice, const Model& model);

// "sku, name" → fields. 400 names one that is not there, and those that are.
Result<std::vector<Field>> read_fields(std::string_view text);

// "products_export_2026-11-24"
std::string usual_file_name();

}  // namespace pim::exchange::exports
