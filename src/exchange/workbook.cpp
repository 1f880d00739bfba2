#include "exchange/workbook.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "exchange/record.hpp"
#include "exchange/utf8.hpp"

namespace pim::exchange {
namespace {

constexpr std::size_t cell_bytes_max = std::size_t{1} << 20;

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "BC12" → 54; nullopt where it names no column.
std::optional<std::size_t> column_of(std::string_view reference) {
  std::size_t column = 0, letters = 0;
  for (const char c : reference) {
    if (c < 'A' || c > 'Z') break;
    column = column * 26 + static_cast<std::size_t>(c - 'A' + 1);
    if (++letters > 3) return std::nullopt;
  }
  return letters == 0 ? std::nullopt : std::optional(column - 1);
}

NumberForm builtin_form(int id) {
  if (id == 14 || id == 15 || id == 16 || id == 17 || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58)) {
    return NumberForm::day;
  }
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47)) return NumberForm::time;
  return id == 22 ? NumberForm::day_and_time : NumberForm::number;
}

// Is it "E+00" or "General"?
bool begins_number(std::string_view format) {
  return format.starts_with("E+") || format.starts_with("E-") || format.starts_with("e+") || format.starts_with("e-") ||
         format.starts_with("General") || format.starts_with("GENERAL") || format.starts_with("general");
}

void append_utf8(std::string& out, std::uint32_t unit) {
  if (unit < 0x80) {
    out += static_cast<char>(unit);
  } else if (unit < 0x800) {
    out += static_cast<char>(0xC0 | (unit >> 6));
    out += static_cast<char>(0x80 | (unit & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | (unit >> 12));
    out += static_cast<char>(0x80 | ((unit >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (unit & 0x3F));
  }
}

}  // namespace

// Forms --------------------------------------------------------------------------------------------------------

NumberForm number_form_of(std::string_view format) {
  bool has_day = false, has_time = false;
  char quote = 0;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"') {
      quote = '"';
    } else if (c == '[') {
      // [h]: hours that go on; [Red], [$-407]: no part of the value
      const std::string_view inside = format.substr(i + 1, format.find(']', i) - i - 1);
      has_time |= !inside.empty() && inside.find_first_not_of("hmsHMS") == std::string_view::npos;
      quote = ']';
    } else if (c == '\\' || c == '_' || c == '*') {
      ++i;
    } else if (c == ';') {
      break;  // what follows is for numbers below zero
    } else if (std::string_view("yYdD").contains(c)) {
      has_day = true;
    } else if (std::string_view("hHsS").contains(c)) {
      has_time = true;
    } else if (begins_number(format.substr(i))) {
      return NumberForm::number;
    }
  }
  if (has_day && has_time) return NumberForm::day_and_time;
  if (has_day) return NumberForm::day;
  if (has_time) return NumberForm::time;
  // Months alone: "mmm"
  return format.find_first_of("mM") != std::string_view::npos &&
                 format.find_first_of("0#?") == std::string_view::npos && !format.contains('"')
             ? NumberForm::day
             : NumberForm::number;
}

std::string number_text(double number) {
  constexpr double exact_max = 1e15;
  if (number == std::floor(number) && std::abs(number) < exact_max) return fmt::format("{:.0f}", number + 0.0);
  return fmt::format("{:.15g}", number);
}

std::string day_text(double serial, NumberForm form, bool is_from_1904) {
  using namespace std::chrono;
  constexpr double day_max = 2'958'466, seconds_a_day = 86'400;
  if (!(serial >= 0 && serial < day_max)) return number_text(serial);
  auto days_since = static_cast<std::int64_t>(std::floor(serial));
  auto second = static_cast<std::int64_t>(std::llround((serial - std::floor(serial)) * seconds_a_day));
  if (second == static_cast<std::int64_t>(seconds_a_day)) {
    second = 0;
    ++days_since;
  }
  std::string clock = fmt::format("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
  if (form == NumberForm::time && days_since == 0) return clock;
  // The sheet's calendar has a 29 February 1900, as day 60.
  if (!is_from_1904 && days_since == 60) return number_text(serial);
  const sys_days epoch = is_from_1904      ? sys_days{year{1904} / 1 / 1}
                         : days_since < 60 ? sys_days{year{1899} / 12 / 31}
                                           : sys_days{year{1899} / 12 / 30};
  const year_month_day date{epoch + days{days_since}};
  std::string text = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  if (second != 0 || form == NumberForm::day_and_time || form == NumberForm::time) text += "T" + clock;
  return text;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::uint32_t unit = 0;
    const std::string_view digits = text.substr(i, 7).size() == 7 ? text.substr(i + 2, 4) : std::string_view();
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    const bool is_code = text[i] == '_' && digits.size() == 4 && text[i + 1] == 'x' && text[i + 6] == '_' &&
                         error == std::errc{} && end == digits.data() + 4 && !(unit >= 0xD800 && unit < 0xE000) &&
                         unit != 0;
    if (is_code) {
      append_utf8(out, unit);
      i += 6;
    } else {
      out += text[i];
    }
  }
  return out;
}

// Small parts --------------------------------------------------------------------------------------------------

void WorkbookReader::begin(std::string_view name, const XmlAttributes& attributes) {
  if (name == "workbookPr") {
    const auto flag = attributes["date1904"].value_or("0");
    is_from_1904 = flag == "1" || flag == "true";
  } else if (name == "sheet" && sheet_relation.empty()) {
    sheet_relation = attributes["id"].value_or("");
  }
}

void RelationsReader::begin(std::string_view name, const XmlAttributes& attributes) {
  if (name == "Relationship" && attributes["Id"] == wanted_) target = attributes["Target"].value_or("");
}

void SharedTextsReader::begin(std::string_view name, const XmlAttributes&) {
  if (name == "si") current_.clear();
  if (name == "t") in_text_ = true;
  if (name == "rPh") in_phonetic_ = true;
}

void SharedTextsReader::end(std::string_view name) {
  if (name == "t") in_text_ = false;
  if (name == "rPh") in_phonetic_ = false;
  if (name == "si") texts.push_back(decoded(std::exchange(current_, {})));
  bytes_ += name == "si" ? sizeof(std::string) : 0;
}

void SharedTextsReader::text(std::string_view text) {
  if (!in_text_ || in_phonetic_) return;
  current_ += text;
  bytes_ += text.size();
  if (bytes_ > bytes_max_ || current_.size() > cell_bytes_max) {
    refuse(
        unusable_file("The workbook has too many texts to be kept.", "Save the sheet as CSV and import that.").error());
  }
}

void StylesReader::begin(std::string_view name, const XmlAttributes& attributes) {
  if (name == "numFmt") {
    named_.emplace_back(attributes["numFmtId"].value_or(""), number_form_of(attributes["formatCode"].value_or("")));
  } else if (name == "cellXfs") {
    in_formats_ = true;
  } else if (name == "xf" && in_formats_ && forms.size() < 100'000) {
    const std::string_view id = attributes["numFmtId"].value_or("0");
    const auto own = std::ranges::find(named_, id, [](const auto& each) -> std::string_view { return each.first; });
    forms.push_back(own != named_.end() ? own->second : builtin_form(number_of<int>(id).value_or(0)));
  }
}

void StylesReader::end(std::string_view name) {
  if (name == "cellXfs") in_formats_ = false;
}

// The sheet ----------------------------------------------------------------------------------------------------

const Row* SheetReader::next() {
  if (std::exchange(has_given_, false)) ready_.pop_front();
  while (!ready_.empty()) {
    const Cells& cells = ready_.front();
    row_ = {.line = cells.line, .trouble = cells.trouble, .trouble_field = cells.trouble_field};
    bool is_blank = cells.trouble.empty();
    for (const Cell& cell : cells.cells) {
      row_.fields.push_back(cell.shared >= 0 ? shared_[static_cast<std::size_t>(cell.shared)] : cell.text);
      is_blank = is_blank && row_.fields.back().empty();
    }
    if (!is_blank) {
      has_given_ = true;
      return &row_;
    }
    ready_.pop_front();
  }
  return nullptr;
}

void SheetReader::begin(std::string_view name, const XmlAttributes& attributes) {
  if (name == "row") {
    const auto line = number_of<std::int64_t>(attributes["r"].value_or(""));
    line_ = line && *line > line_ ? *line : line_ + 1;
    current_ = {.line = line_};
    column_ = 0;
  } else if (name == "c") {
    begin_cell(attributes);
  } else if (name == "v" || name == "t") {
    in_value_ = true;
  } else if (name == "rPh") {
    in_phonetic_ = true;
  }
}

void SheetReader::begin_cell(const XmlAttributes& attributes) {
  if (const auto column = column_of(attributes["r"].value_or(""))) column_ = *column;
  type_ = attributes["t"].value_or("n");
  style_ = number_of<std::size_t>(attributes["s"].value_or("")).value_or(0);
  value_.clear();
}

void SheetReader::text(std::string_view text) {
  if (!in_value_ || in_phonetic_) return;
  if (value_.size() + text.size() > cell_bytes_max) {
    return complain("is longer than a cell can be", column_);
  }
  value_ += text;
}

void SheetReader::end(std::string_view name) {
  if (name == "v" || name == "t") {
    in_value_ = false;
  } else if (name == "rPh") {
    in_phonetic_ = false;
  } else if (name == "c") {
    end_cell();
  } else if (name == "row") {
    ready_.push_back(std::move(current_));
    current_ = {};
  }
}

void SheetReader::end_cell() {
  const std::size_t column = column_++;
  if (value_.empty()) return;
  if (column >= limits_.fields_max) {
    return complain(fmt::format("has more than {} fields", limits_.fields_max), Row::no_field);
  }
  Cell cell = read_cell();
  current_.bytes += cell.shared >= 0 ? shared_[static_cast<std::size_t>(cell.shared)].size() : cell.text.size();
  if (current_.bytes > limits_.row_bytes_max) {
    return complain(fmt::format("is longer than {} bytes", limits_.row_bytes_max), Row::no_field);
  }
  if (current_.cells.size() <= column) current_.cells.resize(column + 1);
  current_.cells[column] = std::move(cell);
}

SheetReader::Cell SheetReader::read_cell() {
  if (type_ == "s") {
    const auto number = number_of<std::int64_t>(value_);
    if (number && *number >= 0 && static_cast<std::size_t>(*number) < shared_.size()) return {.shared = *number};
    complain("refers to a text that the workbook does not have", column_ - 1);
    return {};
  }
  if (type_ == "b") return {.text = value_ == "1" ? "true" : "false"};
  if (type_ == "e") {
    complain(fmt::format("holds the error {}", value_), column_ - 1);
    return {};
  }
  if (type_ == "n") return {.text = read_number()};
  if (type_ == "d") return {.text = value_};
  return {.text = decoded(value_)};  // str, inlineStr
}

std::string SheetReader::read_number() const {
  const auto number = number_of<double>(value_);
  if (!number || !std::isfinite(*number)) return value_;
  const NumberForm form = style_ < forms_.size() ? forms_[style_] : NumberForm::number;
  return form == NumberForm::number ? number_text(*number) : day_text(*number, form, is_from_1904_);
}

// The first trouble is the one that counts.
void SheetReader::complain(std::string trouble, std::size_t field) {
  if (!current_.trouble.empty()) return;
  current_.trouble = std::move(trouble);
  current_.trouble_field = field;
}

}  // namespace pim::exchange
