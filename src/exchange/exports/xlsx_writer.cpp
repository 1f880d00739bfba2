#include <fmt/format.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "catalog/products/rules.hpp"
#include "exchange/exports/writer.hpp"

namespace pim::exchange::exports {
namespace {

constexpr std::size_t cell_characters_max = 32'767;
constexpr std::size_t rows_max = 1'048'576, columns_max = 16'384;
constexpr std::size_t width_max = 50;

std::unexpected<Problem> too_large(std::string message) {
  return std::unexpected(
      Problem{.status = 400, .code = "export.too_large", .message = std::move(message), .remedy = "Export it as CSV."});
}

// "_x000A_" stands for a character in a sheet: a text that looks so is told from it by its underscore.
std::string literal(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i, 7);
    const bool looks_coded = rest.size() == 7 && rest.starts_with("_x") && rest[6] == '_' &&
                             std::ranges::all_of(rest.substr(2, 4), [](char c) {
                               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
                             });
    if (looks_coded) {
      out += "_x005F_";
    } else {
      out += text[i];
    }
  }
  return out;
}

// A number that a sheet keeps as it is written; nullopt for one that it would write otherwise.
std::optional<double> exact_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (fmt::format("{:.15g}", number) != text) return std::nullopt;
  return number;
}

bool is_number_type(std::string_view type) {
  return type == "INTEGER" || type == "NUMBER" || type == "FLOAT" || type == "DECIMAL" || type == "CURRENCY" ||
         type == "PERCENTAGE";
}

class XlsxWriter final : public Writer {
 public:
  explicit XlsxWriter(const std::filesystem::path& file) : file_(file.string()), folder_(file.parent_path().string()) {}
  XlsxWriter(const XlsxWriter&) = delete;
  XlsxWriter& operator=(const XlsxWriter&) = delete;
  ~XlsxWriter() override {
    if (book_ != nullptr) workbook_close(book_);  // frees it; the file is nobody's
  }

  Result<void> begin(const std::vector<Column>& columns, std::string&) override {
    if (columns.size() > columns_max) return too_large("A sheet has 16,384 columns at most.");
    lxw_workbook_options options{.constant_memory = 1, .tmpdir = folder_.data(), .use_zip64 = 1};
    book_ = workbook_new_opt(file_.c_str(), &options);
    if (book_ == nullptr) return internal(fmt::format("{} can't be written", file_));
    sheet_ = workbook_add_worksheet(book_, "Products");
    bold_ = workbook_add_format(book_);
    format_set_bold(bold_);
    columns_ = columns;
    for (const Column& column : columns_) widths_.push_back(characters_of(column.name));
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (auto written = text(i, columns_[i].name, bold_); !written) return written;
    }
    ++row_;
    worksheet_freeze_panes(sheet_, 1, 0);
    return {};
  }

  Result<void> row(const std::vector<Cell>& cells, std::string&) override {
    if (row_ >= rows_max) return too_large("A sheet has 1,048,576 rows at most.");
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (auto written = cell(i, cells[i]); !written) return written;
    }
    ++row_;
    return {};
  }

  Result<void> end(std::string&) override {
    constexpr std::size_t padding = 2;
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      worksheet_set_column(sheet_, column, column, static_cast<double>(std::min(widths_[i] + padding, width_max)),
                           nullptr);
    }
    const lxw_error error = workbook_close(std::exchange(book_, nullptr));
    if (error != LXW_NO_ERROR) return internal(fmt::format("{}: {}", file_, lxw_strerror(error)));
    return {};
  }

 private:
  Result<void> cell(std::size_t column, const Cell& cell) {
    if (std::holds_alternative<std::monostate>(cell)) return {};
    if (const auto* number = std::get_if<std::int64_t>(&cell))
      return this->number(column, static_cast<double>(*number));
    const std::string value = text_of(cell);
    if (columns_[column].field == Field::attribute) {
      if (const auto exact = is_number_type(columns_[column].type) ? exact_number(value) : std::nullopt) {
        return number(column, *exact);
      }
      if (columns_[column].type == "BOOLEAN" && (value == "true" || value == "false")) {
        return checked(worksheet_write_boolean(sheet_, row(), place(column), value == "true", nullptr));
      }
    }
    return text(column, value, nullptr);
  }

  Result<void> number(std::size_t column, double value) {
    return checked(worksheet_write_number(sheet_, row(), place(column), value, nullptr));
  }

  Result<void> text(std::size_t column, std::string_view value, lxw_format* format) {
    const std::size_t length = characters_of(value);
    if (length > cell_characters_max) {
      return too_large(
          fmt::format("A text of {} characters in the column \"{}\" does not fit into a cell, which takes "
                      "32,767.",
                      length, columns_[column].name));
    }
    widths_[column] = std::max(widths_[column], std::min(length, width_max));
    return checked(worksheet_write_string(sheet_, row(), place(column), literal(value).c_str(), format));
  }

  Result<void> checked(lxw_error error) const {
    if (error == LXW_NO_ERROR) return {};
    if (error == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED) return too_large("A text does not fit into a cell.");
    return internal(fmt::format("{}: {}", file_, lxw_strerror(error)));
  }

  lxw_row_t row() const noexcept { return static_cast<lxw_row_t>(row_); }
  static lxw_col_t place(std::size_t column) noexcept { return static_cast<lxw_col_t>(column); }

  std::string file_, folder_;
  lxw_workbook* book_ = nullptr;
  lxw_worksheet* sheet_ = nullptr;
  lxw_format* bold_ = nullptr;
  std::vector<Column> columns_;
  std::vector<std::size_t> widths_;
  std::size_t row_ = 0;
};

}  // namespace

std::unique_ptr<Writer> make_xlsx_writer(const std::filesystem::path& file) {
  return std::make_unique<XlsxWriter>(file);
}

}  // namespace pim::exchange::exports
