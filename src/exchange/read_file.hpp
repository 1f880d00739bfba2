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
};

struct FileContent {
  std::string dialect;    // as it was read
  std::int64_t rows = 0;  // without the header
  std::vector<std::string> columns_left_out;
};

// Reads `file` to its end, in constant memory. A row that can't be used is staged as a reject; only a file that can't
// be read at all is a Problem. `progress` is told how many rows were read.
Result<FileContent> read_file(std::istream& file, const FileForm& form, Stage& stage,
                              const std::function<void(std::int64_t)>& progress);

}  // namespace pim::exchange
