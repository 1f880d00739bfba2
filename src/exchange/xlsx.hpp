// Reads the first sheet of an XLSX workbook row by row, in memory that depends on its shared texts only.
#pragma once

#include <istream>
#include <memory>

#include "base/problem.hpp"
#include "exchange/workbook.hpp"

namespace pim::exchange {

class XlsxReader {
 public:
  // `file` must stay, and be nobody else's.
  static Result<std::unique_ptr<XlsxReader>> open(std::istream& file);
  ~XlsxReader();

  // The next row that is not blank; nullptr at the end. Valid until the next call.
  Result<const Row*> next();

 private:
  class Archive;
  explicit XlsxReader(std::unique_ptr<Archive> archive);
  Result<void> read_parts();

  std::unique_ptr<Archive> archive_;
  WorkbookReader workbook_;
  SharedTextsReader shared_;
  StylesReader styles_;
  std::unique_ptr<SheetReader> sheet_;
  bool at_end_ = false;
};

}  // namespace pim::exchange
