// The forms that an export may have.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "exchange/exports/column.hpp"

namespace pim::exchange::exports {

// Turns rows into a file, piece by piece: what is ready is added to `out`.
class Writer {
 public:
  virtual ~Writer() = default;
  virtual Result<void> begin(const std::vector<Column>& columns, std::string& out) = 0;
  virtual Result<void> row(const std::vector<Cell>& cells, std::string& out) = 0;
  virtual Result<void> end(std::string& out) = 0;
};

struct Form {
  std::string_view name, extension, content_type;
};
inline constexpr Form csv_form{"csv", ".csv", "text/csv; charset=utf-8"};
inline constexpr Form json_form{"json", ".json", "application/json; charset=utf-8"};
inline constexpr Form json_lines_form{"jsonl", ".jsonl", "application/x-ndjson; charset=utf-8"};
inline constexpr Form xml_form{"xml", ".xml", "application/xml; charset=utf-8"};
inline constexpr Form xlsx_form{"xlsx", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"};

// RFC 4180 with LF. Cells that a spreadsheet would calculate are protected.
std::unique_ptr<Writer> make_csv_writer();
// One object for each product, on a line of its own; its attributes in "attributes", each as JSON of its type.
std::unique_ptr<Writer> make_json_lines_writer();
// An array of flat objects, all values as texts but for ids and counts, as the replaced service gives them. Without
// `pretty` it is on one line. Empty attributes are left out.
std::unique_ptr<Writer> make_json_writer(bool pretty);
// <products><product id="7"><sku>…</sku></product></products>; a name that is none in XML is in the attribute "name".
std::unique_ptr<Writer> make_xml_writer();
// Writes to `file`, which is whole after `end`; nothing goes to `out`.
std::unique_ptr<Writer> make_xlsx_writer(const std::filesystem::path& file);

}  // namespace pim::exchange::exports
