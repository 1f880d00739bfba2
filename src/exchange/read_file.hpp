// The first half of an import: a file's rows, checked one by one, into the stage.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "exchange/record.hpp"
#include "exchange/stage.hpp"

namespace pim::exchange {

// How a file is to be read.
struct FileForm {
  std::string dialect;  // empty: by the header, or generic where there is a mapping
  Mapping mapping{};    // with the generic dialect
  char separator = 0;   // of a CSV file; 0: by its first line
  bool needs_name = true;
};

struct FileContent {
  std::string dialect;    // as it was read
  std::int64_t rows = 0;  // without the header
  std::vector<std::string> columns_left_out;
};

// Told how many rows were read; what it gives is whether to go on.
using ReadProgress = std::function<Result<void>(std::int64_t)>;

// Reads `file`, CSV or XLSX, to its end, in constant memory. A row that can't be used is staged as a reject; only a
// file that can't be read at all is a Problem.
Result<FileContent> read_file(std::istream& file, const FileForm& form, Stage& stage, const ReadProgress& progress);

}  // namespace pim::exchange
