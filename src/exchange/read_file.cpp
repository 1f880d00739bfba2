#include "exchange/read_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <istream>
#include <map>
#include <memory>

#include "base/text.hpp"
#include "catalog/products/rules.hpp"
#include "exchange/csv.hpp"
#include "exchange/protect.hpp"
#include "exchange/xlsx.hpp"

namespace pim::exchange {
namespace {

using catalog::products::is_link;
using catalog::products::name_rule;
using catalog::products::sku_rule;

constexpr std::size_t attribute_name_characters_max = 30;
constexpr std::size_t category_name_characters_max = 50;
constexpr std::size_t category_levels_max = 31;

std::string trouble_with(const Path& path) {
  if (path.size() > category_levels_max) {
    return fmt::format("categories: a path has more than {} levels", category_levels_max);
  }
  for (const std::string& name : path) {
    if (characters_of(name) > category_name_characters_max) {
      return fmt::format("categories: \"{}\" has more than {} characters", name, category_name_characters_max);
    }
  }
  return {};
}

// Why a row can't go in, or "". What depends on other rows is looked at in the database.
std::string trouble_with(const Record& record, bool needs_name) {
  if (record.sku.empty()) return "sku: it is missing; every product needs one";
  if (!sku_rule.fits(record.sku)) {
    return fmt::format("sku: \"{}\" has {} characters; 4 to 40 are allowed", record.sku, characters_of(record.sku));
  }
  if (record.name.empty() && needs_name) return "name: it is missing; every product needs one";
  if (!record.name.empty() && !name_rule.fits(record.name)) {
    return fmt::format("name: it has {} characters; 1 to 100 are allowed", characters_of(record.name));
  }
  if (record.product_link && !is_link(*record.product_link)) {
    return fmt::format("productLink: \"{}\" is no web address", *record.product_link);
  }
  if (record.category) {
    if (auto trouble = trouble_with(*record.category); !trouble.empty()) return trouble;
  }
  for (const Path& path : record.more_categories.value_or(std::vector<Path>{})) {
    if (auto trouble = trouble_with(path); !trouble.empty()) return trouble;
  }
  return {};
}

// An attribute's name has 30 letters, digits, spaces, dashes and underscores at most.
std::string attribute_name(std::string_view header) {
  std::string name;
  for (const char c : trimmed(header)) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == ' ' || c == '-' || c == '_';
    if (name.size() < attribute_name_characters_max) name += plain ? c : '-';
  }
  return name;
}

// A record's attributes as they are staged: one value for each, the last that the row gives.
class Names {
 public:
  Names(const Dialect& dialect, Stage& stage) : stage_(stage) {
    for (const auto& [name, type] : dialect.types()) types_[name] = type;
  }

  // Why the record can't be, or "".
  std::string settle(Record& record) {
    struct Settled {
      std::string header, key, value;
    };
    std::vector<Settled> settled;
    for (auto& [header, value] : record.attributes) {
      const auto typed = types_.find(header);
      std::string key = typed != types_.end() ? header : attribute_name(header);
      if (key.empty()) continue;
      const auto found = std::ranges::find(settled, key, &Settled::key);
      if (found == settled.end()) {
        settled.push_back({std::move(header), std::move(key), std::move(value)});
      } else if (found->header == header) {
        found->value = std::move(value);
      } else {
        return fmt::format("attributes: \"{}\" and \"{}\" would both be \"{}\"; rename one of them", found->header,
                           header, key);
      }
    }
    record.attributes.clear();
    for (Settled& each : settled) {
      if (auto trouble = note(each.header); !trouble.empty()) return trouble;
      record.attributes.emplace_back(std::move(each.header), std::move(each.value));
    }
    for (const auto& [name, is_required] : record.family_attributes) {
      if (auto trouble = note(name); !trouble.empty()) return trouble;
    }
    return {};
  }

 private:
  std::string note(const std::string& name) {
    const auto typed = types_.find(name);
    const std::string_view type = typed == types_.end() ? std::string_view() : std::string_view(typed->second);
    if (stage_.note_attribute(name, attribute_name(name), type)) return {};
    return "attributes: the file has more than 5,000";
  }

  Stage& stage_;
  std::map<std::string, std::string, std::less<>> types_;
};

class FileReader {
 public:
  FileReader(const FileForm& form, Stage& stage, const ReadProgress& progress)
      : form_(form), stage_(stage), progress_(progress) {}

  Result<FileContent> read(std::istream& file) {
    std::array<char, 4> first{};
    file.read(first.data(), first.size());
    const bool is_zip = std::string_view(first.data(), first.size()) == "PK\x03\x04";
    file.clear();
    file.seekg(0);
    if (auto read = is_zip ? read_sheet(file) : read_csv(file); !read) return std::unexpected(std::move(read).error());
    if (!problem_ && !dialect_) return unusable_file("The file is empty.", "Its first line must name the columns.");
    if (!problem_) dialect_->finish([this](std::int64_t line, Record record) { take(line, std::move(record)); });
    if (problem_) return std::unexpected(*std::move(problem_));
    return std::move(content_);
  }

 private:
  Result<void> read_sheet(std::istream& file) {
    auto sheet = XlsxReader::open(file);
    if (!sheet) return std::unexpected(std::move(sheet).error());
    while (!problem_) {
      auto row = (*sheet)->next();
      if (!row) return std::unexpected(std::move(row).error());
      if (*row == nullptr) break;
      take(**row);
    }
    return {};
  }

  Result<void> read_csv(std::istream& file) {
    std::string piece(64 * 1024, '\0');
    std::optional<CsvReader> csv;
    while (file && !problem_) {
      file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
      const auto bytes = std::string_view(piece).substr(0, static_cast<std::size_t>(file.gcount()));
      if (!csv) begin_csv(csv, bytes);
      csv->feed(bytes);
      take_rows(*csv);
    }
    if (file.bad()) return failure("The file can't be read to its end.", "Look at the disk that it is on.");
    csv->finish();
    take_rows(*csv);
    return {};
  }

  void begin_csv(std::optional<CsvReader>& csv, std::string_view bytes) {
    const char separator = form_.separator != 0 ? form_.separator : sniff_separator(bytes);
    has_decimal_commas_ = separator == ';';
    csv.emplace(separator);
  }

  void take_rows(CsvReader& csv) {
    while (const CsvRow* row = problem_ ? nullptr : csv.next()) {
      Row unprotected = *row;
      for (std::string_view& field : unprotected.fields) field = unprotected_cell(field);
      take(unprotected);
    }
  }

  void take(const Row& row) {
    if (!dialect_) {
      if (auto begun = begin(row); !begun) problem_ = std::move(begun).error();
      return;
    }
    if (const std::string trouble = trouble_of(row); !trouble.empty()) return reject(row.line, trouble);
    dialect_->take(row.line, row.fields, [this](std::int64_t line, Record record) { take(line, std::move(record)); });
  }

  void take(std::int64_t line, Record record) {
    std::string trouble = trouble_with(record, form_.needs_name);
    if (trouble.empty()) trouble = names_->settle(record);
    if (!trouble.empty()) return reject(line, trouble);
    count();
    if (auto staged = stage_.add(line, record); !staged) problem_ = to_problem(staged.error());
  }

  void reject(std::int64_t line, const std::string& trouble) {
    count();
    if (auto staged = stage_.reject(line, trouble); !staged) problem_ = to_problem(staged.error());
  }

  void count() {
    if (++content_.rows % 1000 != 0) return;
    if (auto goes_on = progress_(content_.rows); !goes_on) problem_ = std::move(goes_on).error();
  }

  Result<void> begin(const Row& header) {
    if (!header.trouble.empty()) {
      return unusable_file("The first line can't be used: it " + header.trouble + ".", "It must name the columns.");
    }
    for (const std::string_view field : header.fields) columns_.emplace_back(trimmed(field));
    content_.dialect = !form_.dialect.empty()   ? form_.dialect
                       : !form_.mapping.empty() ? "generic"
                                                : dialect_of(columns_);
    if (!form_.mapping.empty() && content_.dialect != "generic") {
      return unusable_file("A mapping goes with the generic dialect only.", "Leave one of the two out.");
    }
    dialect_ = dialect_named(
        content_.dialect,
        {.mapping = form_.mapping, .needs_name = form_.needs_name, .has_decimal_commas = has_decimal_commas_});
    if (!dialect_) {
      return unusable_file(fmt::format("The dialect \"{}\" is not known.", content_.dialect),
                           fmt::format("Known are: {}.", dialect_names));
    }
    if (auto begun = dialect_->begin(columns_); !begun) return begun;
    names_.emplace(*dialect_, stage_);
    content_.columns_left_out = dialect_->left_out();
    return {};
  }

  // The reader's trouble, with the name of the column that it is about.
  std::string trouble_of(const Row& row) const {
    if (row.trouble.empty()) return {};
    if (row.trouble_field >= columns_.size()) return "the row " + row.trouble;
    return fmt::format("{}: it {}", columns_[row.trouble_field], row.trouble);
  }

  const FileForm& form_;
  Stage& stage_;
  const ReadProgress& progress_;
  FileContent content_;
  std::unique_ptr<Dialect> dialect_;
  std::optional<Names> names_;
  std::vector<std::string> columns_;
  bool has_decimal_commas_ = false;
  std::optional<Problem> problem_;
};

}  // namespace

Result<FileContent> read_file(std::istream& file, const FileForm& form, Stage& stage, const ReadProgress& progress) {
  return FileReader(form, stage, progress).read(file);
}

}  // namespace pim::exchange
