// Cells that a spreadsheet would take for a formula.
#pragma once

#include <string>
#include <string_view>

namespace pim::exchange {

// Does a spreadsheet calculate a cell that begins so, but for apostrophes before it? A plain number is none.
inline bool looks_like_formula(std::string_view cell) {
  while (cell.starts_with('\'')) cell.remove_prefix(1);
  return !cell.empty() && std::string_view("=+-@\t\r\n").contains(cell.front());
}

inline bool is_plain_number(std::string_view cell) {
  if (cell.starts_with('-') || cell.starts_with('+')) cell.remove_prefix(1);
  return !cell.empty() && cell.find_first_not_of("0123456789.") == std::string_view::npos;
}

// With an apostrophe before it, which spreadsheets take for "this is a text", where that is needed.
inline std::string protected_cell(std::string_view cell) {
  const bool is_open = looks_like_formula(cell) && !is_plain_number(cell);
  return is_open ? '\'' + std::string(cell) : std::string(cell);
}

// The cell that `protected_cell` made this of.
inline std::string_view unprotected_cell(std::string_view cell) {
  if (cell.starts_with('\'') && looks_like_formula(cell)) cell.remove_prefix(1);
  return cell;
}

}  // namespace pim::exchange
