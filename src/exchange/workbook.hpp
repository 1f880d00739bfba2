// The parts of an XLSX workbook, each read as it comes.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/row.hpp"
#include "exchange/xml.hpp"

namespace pim::exchange {

// xl/workbook.xml: its first sheet, and whether days count from 1904.
class WorkbookReader final : public XmlReader {
 public:
  std::string sheet_relation;  // "rId1"; empty where there is no sheet
  bool is_from_1904 = false;

 private:
  void begin(std::string_view name, const XmlAttributes& attributes) override;
  void end(std::string_view) override {}
};

// xl/_rels/workbook.xml.rels: where the part of that relation lies.
class RelationsReader final : public XmlReader {
 public:
  explicit RelationsReader(std::string wanted) : wanted_(std::move(wanted)) {}
  std::string target;

 private:
  void begin(std::string_view name, const XmlAttributes& attributes) override;
  void end(std::string_view) override {}
  std::string wanted_;
};

// xl/sharedStrings.xml: the texts that cells refer to. They are kept: over `bytes_max` the file is refused.
class SharedTextsReader final : public XmlReader {
 public:
  explicit SharedTextsReader(std::size_t bytes_max = std::size_t{256} << 20) : bytes_max_(bytes_max) {}
  std::vector<std::string> texts;

 private:
  void begin(std::string_view name, const XmlAttributes& attributes) override;
  void end(std::string_view name) override;
  void text(std::string_view text) override;

  std::size_t bytes_max_, bytes_ = 0;
  std::string current_;
  bool in_text_ = false, in_phonetic_ = false;
};

enum class NumberForm : std::uint8_t { number, day, time, day_and_time };

// xl/styles.xml: which styles show numbers as days or times.
class StylesReader final : public XmlReader {
 public:
  std::vector<NumberForm> forms;  // by the number of the style

 private:
  void begin(std::string_view name, const XmlAttributes& attributes) override;
  void end(std::string_view name) override;
  std::vector<std::pair<std::string, NumberForm>> named_;  // formats of the workbook's own
  bool in_formats_ = false;
};

// What a format ("dd.mm.yyyy hh:mm") shows.
NumberForm number_form_of(std::string_view format);

struct SheetLimits {
  std::size_t row_bytes_max = std::size_t{1} << 20;  // of one row's cells together
  std::size_t fields_max = 4096;
};

// xl/worksheets/sheet1.xml: its rows, one behind the other.
class SheetReader final : public XmlReader {
 public:
  SheetReader(const std::vector<std::string>& shared, const std::vector<NumberForm>& forms, bool is_from_1904,
              SheetLimits limits = {})
      : shared_(shared), forms_(forms), is_from_1904_(is_from_1904), limits_(limits) {}

  // The next row that is complete and not blank, or nullptr. Valid until the next call.
  const Row* next();

 private:
  struct Cell {
    std::int64_t shared = -1;  // the number of a shared text, or -1: its own
    std::string text;
  };
  struct Cells {
    std::int64_t line = 0;
    std::vector<Cell> cells;
    std::string trouble;
    std::size_t trouble_field = Row::no_field, bytes = 0;
  };

  void begin(std::string_view name, const XmlAttributes& attributes) override;
  void end(std::string_view name) override;
  void text(std::string_view text) override;
  void begin_cell(const XmlAttributes& attributes);
  void end_cell();
  Cell read_cell();
  std::string read_number() const;
  void complain(std::string trouble, std::size_t field);

  const std::vector<std::string>& shared_;
  const std::vector<NumberForm>& forms_;
  bool is_from_1904_;
  SheetLimits limits_;

  std::deque<Cells> ready_;
  bool has_given_ = false;
  Row row_;

  Cells current_;
  std::int64_t line_ = 0;
  std::size_t column_ = 0, style_ = 0;
  std::string type_, value_;
  bool in_value_ = false, in_phonetic_ = false;
};

// A serial day of a sheet as ISO 8601: 45000 → "2023-03-15", 0.5 → "12:00:00"; the number itself where it is no day.
std::string day_text(double serial, NumberForm form, bool is_from_1904);
// A number as a sheet shows it: 15 digits at most.
std::string number_text(double number);
// "_x000D_" → a carriage return.
std::string decoded(std::string_view text);

}  // namespace pim::exchange
