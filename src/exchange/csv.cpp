#include "exchange/csv.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "exchange/utf8.hpp"

namespace pim::exchange {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

const CsvRow* CsvReader::next() {
  if (std::exchange(is_given_, false)) {
    text_.clear();
    ends_.clear();
    row_ = {};
    was_quoted_ = is_over_limit_ = false;
  }
  while (at_ < piece_.size()) {
    if (take(piece_[at_++])) return &row_;
  }
  piece_ = {};
  at_ = 0;
  if (finished_ && finish_row()) return &row_;
  return nullptr;
}

// Skips the byte order mark, which may come in pieces; what only looks like the beginning of one is text.
bool CsvReader::take(char c) {
  if (!behind_mark_) {
    if (c == byte_order_mark[mark_bytes_]) {
      behind_mark_ = ++mark_bytes_ == byte_order_mark.size();
      return false;
    }
    behind_mark_ = true;
    for (const char held : byte_order_mark.substr(0, mark_bytes_)) step(held);
  }
  return step(c);
}

bool CsvReader::step(char c) {
  const bool ends_crlf = std::exchange(previous_was_cr_, c == '\r') && c == '\n';
  if (state_ == State::row_start) {
    if (ends_crlf) return false;  // the second half of the line end before
    row_.line = line_;
    state_ = State::field_start;
  }
  if (is_line_end(c) && !ends_crlf) ++line_;
  switch (state_) {
    case State::quoted:
      if (c == '"') {
        state_ = State::quote;
      } else {
        keep(c);
      }
      return false;
    case State::quote:
      if (c == '"') {
        keep(c);
        state_ = State::quoted;
        return false;
      }
      return step_after_quote(c);
    case State::after_quote:
      return step_after_quote(c);
    default:
      return step_unquoted(c);
  }
}

bool CsvReader::step_unquoted(char c) {
  if (is_line_end(c)) return end_row();
  if (c == separator_) {
    end_field();
  } else if (c == '"' && state_ == State::field_start) {
    was_quoted_ = true;
    state_ = State::quoted;
  } else {
    keep(c);
    state_ = State::plain;
  }
  return false;
}

bool CsvReader::step_after_quote(char c) {
  if (is_line_end(c)) return end_row();
  if (c == separator_) {
    end_field();
  } else {
    complain("has text behind its closing quote. Write a quote inside of a field twice", ends_.size());
    state_ = State::after_quote;
  }
  return false;
}

// A row over the limit is read to its end, but not kept.
void CsvReader::keep(char c) {
  if (is_over_limit_) return;
  if (text_.size() < limits_.row_bytes_max) {
    text_ += c;
    return;
  }
  complain(fmt::format("is longer than {} bytes. Is a quote missing that closes a field?", limits_.row_bytes_max),
           CsvRow::no_field);
  is_over_limit_ = true;
}

void CsvReader::end_field() {
  state_ = State::field_start;
  if (is_over_limit_) return;
  if (ends_.size() < limits_.fields_max) {
    ends_.push_back(text_.size());
    return;
  }
  complain(fmt::format("has more than {} fields", limits_.fields_max), CsvRow::no_field);
  is_over_limit_ = true;
}

// True where there is a row to give: an empty line is none.
bool CsvReader::end_row() {
  const bool is_blank = ends_.empty() && text_.empty() && !was_quoted_ && row_.trouble.empty();
  state_ = State::row_start;
  if (is_blank) return false;
  end_field();
  state_ = State::row_start;
  std::size_t begin = 0;
  for (const std::size_t end : ends_) {
    row_.fields.push_back(std::string_view(text_).substr(begin, end - begin));
    begin = end;
  }
  check_fields();
  is_given_ = true;
  return true;
}

// At the end of the file: the row that no line end follows.
bool CsvReader::finish_row() {
  if (!std::exchange(behind_mark_, true) && mark_bytes_ < byte_order_mark.size()) {
    for (const char held : byte_order_mark.substr(0, mark_bytes_)) step(held);
  }
  if (state_ == State::row_start) return false;
  if (state_ == State::quoted) complain("opens a quote that is never closed", ends_.size());
  return end_row();
}

void CsvReader::check_fields() {
  for (std::size_t i = 0; i < row_.fields.size() && row_.trouble.empty(); ++i) {
    if (row_.fields[i].contains('\0')) {
      complain("has a NUL byte in it. Save the file as UTF-8 text", i);
    } else if (find_invalid_utf8(row_.fields[i]) != std::string_view::npos) {
      complain("is not UTF-8. Save the file as UTF-8", i);
    }
  }
  if (width_ == 0) {
    width_ = row_.fields.size();
  } else if (row_.fields.size() != width_) {
    complain(fmt::format("has {} fields, and the first row has {}. Quote the fields that have a separator in them",
                         row_.fields.size(), width_),
             CsvRow::no_field);
  }
}

// The first trouble is the one that counts.
void CsvReader::complain(std::string trouble, std::size_t field) {
  if (!row_.trouble.empty()) return;
  row_.trouble = std::move(trouble);
  row_.trouble_field = field;
}

void append_csv_row(std::string& out, std::span<const std::string_view> fields, char separator) {
  const auto is_special = [separator](char c) { return c == separator || c == '"' || c == '\r' || c == '\n'; };
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string_view field = fields[i];
    if (i > 0) out += separator;
    // A lone empty field would read as an empty line, and a byte order mark at the beginning would be skipped.
    const bool is_quoted = std::ranges::any_of(field, is_special) || (field.empty() && fields.size() == 1) ||
                           field.starts_with(byte_order_mark);
    if (!is_quoted) {
      out += field;
      continue;
    }
    out += '"';
    for (const char c : field) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  }
  out += '\n';
}

char sniff_separator(std::string_view text) noexcept {
  constexpr std::string_view candidates = ",;\t";
  std::array<int, 3> counts{};
  bool is_quoted = false, has_quotes = false, is_field_start = true, is_empty = true;
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  for (const char c : text) {
    const bool is_line_end = c == '\n' || c == '\r';
    if (is_line_end && is_empty) continue;  // empty lines are skipped
    is_empty = false;
    has_quotes = is_field_start ? c == '"' : has_quotes;  // a quote within a plain field is text
    is_field_start = false;
    if (c == '"' && has_quotes) is_quoted = !is_quoted;
    if (is_quoted) continue;
    if (is_line_end) break;
    const std::size_t which = candidates.find(c);
    is_field_start = which != std::string_view::npos;
    if (is_field_start) ++counts[which];
  }
  return candidates[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

}  // namespace pim::exchange
