#include "exchange/csv.hpp"
#include "exchange/exports/writer.hpp"
#include "exchange/protect.hpp"

namespace pim::exchange::exports {
namespace {

class CsvWriter final : public Writer {
 public:
  Result<void> begin(const std::vector<Column>& columns, std::string& out) override {
    std::vector<std::string> names;
    names.reserve(columns.size());
    for (const Column& column : columns) names.push_back(protected_cell(column.name));
    append_csv_row(out, std::vector<std::string_view>(names.begin(), names.end()));
    return {};
  }
  Result<void> row(const std::vector<Cell>& cells, std::string& out) override {
    rooms_.resize(cells.size());
    fields_.clear();
    for (std::size_t i = 0; i < cells.size(); ++i) fields_.push_back(field_of(cells[i], rooms_[i]));
    append_csv_row(out, fields_);
    return {};
  }
  Result<void> end(std::string&) override { return {}; }

 private:
  // A text that may stand as it is does so where it lies; what has to be made is put into `room`.
  static std::string_view field_of(const Cell& cell, std::string& room) {
    const auto* text = std::get_if<std::string_view>(&cell);
    if (text != nullptr && !looks_like_formula(*text)) return *text;
    room = protected_cell(text_of(cell));
    return room;
  }

  std::vector<std::string> rooms_;
  std::vector<std::string_view> fields_;
};

}  // namespace

std::unique_ptr<Writer> make_csv_writer() { return std::make_unique<CsvWriter>(); }

}  // namespace pim::exchange::exports
