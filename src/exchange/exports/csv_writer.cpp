#include "exchange/csv.hpp"
#include "exchange/exports/writer.hpp"
#include "exchange/protect.hpp"

namespace pim::exchange::exports {
namespace {

class CsvWriter final : public Writer {
 public:
  Result<void> begin(const std::vector<Column>& columns, std::string& out) override {
    std::vector<std::string> names;
    for (const Column& column : columns) names.push_back(protected_cell(column.name));
    append(names, out);
    return {};
  }
  Result<void> row(const std::vector<Cell>& cells, std::string& out) override {
    std::vector<std::string> texts;
    texts.reserve(cells.size());
    for (const Cell& cell : cells) texts.push_back(protected_cell(text_of(cell)));
    append(texts, out);
    return {};
  }
  Result<void> end(std::string&) override { return {}; }

 private:
  static void append(const std::vector<std::string>& texts, std::string& out) {
    const std::vector<std::string_view> fields(texts.begin(), texts.end());
    append_csv_row(out, fields);
  }
};

}  // namespace

std::unique_ptr<Writer> make_csv_writer() { return std::make_unique<CsvWriter>(); }

}  // namespace pim::exchange::exports
