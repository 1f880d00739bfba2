// Reads CSV (RFC 4180) from pieces of any size, in constant memory, and writes it.
//
//   CsvReader reader;
//   for (piece of the file) {
//     reader.feed(piece);
//     while (const CsvRow* row = reader.next()) …
//   }
//   reader.finish();
//   while (const CsvRow* row = reader.next()) …
//
// Lines end in LF, CRLF or CR; a byte order mark is skipped, and so are empty lines. A row that can't be used is
// given with its trouble, and reading goes on behind it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/row.hpp"

namespace pim::exchange {

using CsvRow = Row;

class CsvReader {
 public:
  struct Limits {
    std::size_t row_bytes_max = 1u << 20;  // of one row's fields together
    std::size_t fields_max = 4096;
  };

  explicit CsvReader(char separator = ',') : CsvReader(separator, Limits{}) {}
  CsvReader(char separator, Limits limits) : separator_(separator), limits_(limits) {}

  // The next bytes of the file; they must stay until `next` gave nullptr. Only then comes the next piece.
  void feed(std::string_view piece) noexcept { piece_ = piece; }
  // There are no more pieces.
  void finish() noexcept { finished_ = true; }
  // The next row that is complete, or nullptr: more is to be fed, or, after `finish`, there is none. The first row
  // sets how many fields the others must have.
  const CsvRow* next();

 private:
  enum class State : std::uint8_t { row_start, field_start, plain, quoted, quote, after_quote };

  bool take(char c);
  bool step(char c);
  bool step_unquoted(char c);
  bool step_after_quote(char c);
  void keep(char c);
  void end_field();
  bool end_row();
  bool finish_row();
  void check_fields();
  void complain(std::string trouble, std::size_t field);
  bool is_line_end(char c) const noexcept { return c == '\n' || c == '\r'; }

  char separator_;
  Limits limits_;
  std::string_view piece_;
  std::size_t at_ = 0;
  bool finished_ = false;

  State state_ = State::row_start;
  std::size_t mark_bytes_ = 0;  // of a byte order mark, at the beginning of the file
  bool behind_mark_ = false;
  bool previous_was_cr_ = false;
  std::int64_t line_ = 1;
  std::size_t width_ = 0;  // fields of the first row; 0: not known yet

  // The row that is being read.
  std::string text_;               // its fields, one behind the other
  std::vector<std::size_t> ends_;  // where they end in it
  bool was_quoted_ = false;
  bool is_over_limit_ = false;
  bool is_given_ = false;  // what is in row_ was given by `next`: the buffers are free
  CsvRow row_;
};

// Adds one row, quoted where it must be, with LF at its end.
void append_csv_row(std::string& out, std::span<const std::string_view> fields, char separator = ',');

// What separates the fields of a file that begins with `text`: of comma, semicolon and tab the one that its first
// line has most of, outside of quotes.
char sniff_separator(std::string_view text) noexcept;

}  // namespace pim::exchange
