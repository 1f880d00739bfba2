#include "exchange/read_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <istream>
#include <memory>

#include "catalog/products/rules.hpp"
#include "exchange/csv.hpp"

namespace pim::exchange {
namespace {

using catalog::products::is_link;
using catalog::products::length_of;
using catalog::products::name_rule;
using catalog::products::sku_rule;
using catalog::products::trim;

constexpr std::size_t attribute_name_characters_max = 30;
constexpr std::size_t category_name_characters_max = 50;
constexpr std::size_t category_levels_max = 31;

// Why a row can't go in, or "". What depends on other rows is looked at in the database.
std::string trouble_with(const Record& record) {
  if (record.sku.empty()) return "sku: it is missing; every product needs one";
  if (!sku_rule.fits(record.sku)) {
    return fmt::format("sku: \"{}\" has {} characters; 4 to 40 are allowed", record.sku, length_of(record.sku));
  }
  if (record.name.empty()) return "name: it is missing; every product needs one";
  if (!name_rule.fits(record.name)) {
    return fmt::format("name: it has {} characters; 1 to 100 are allowed", length_of(record.name));
  }
  if (record.product_link && !is_link(*record.product_link)) {
    return fmt::format("productLink: \"{}\" is no web address", *record.product_link);
  }
  for (const auto& path : record.categories.value_or(std::vector<std::vector<std::string>>{})) {
    if (path.size() > category_levels_max)
      return fmt::format("categories: a path has more than {} levels", category_levels_max);
    for (const std::string& name : path) {
      if (length_of(name) > category_name_characters_max) {
        return fmt::format("categories: \"{}\" has more than {} characters", name, category_name_characters_max);
      }
    }
  }
  return {};
}

// An attribute's name has 30 letters, digits, spaces, dashes and underscores at most.
std::string attribute_name(std::string_view header) {
  std::string name;
  for (const char c : trim(header)) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == ' ' || c == '-' || c == '_';
    if (name.size() < attribute_name_characters_max) name += plain ? c : '-';
  }
  return name;
}

// One value for each attribute: the last that the row gives. Why that can't be, or "".
std::string settle_attributes(Record& record) {
  struct Settled {
    std::string header;
    std::string name;
    std::string value;
  };
  std::vector<Settled> settled;
  for (auto& [header, value] : record.attributes) {
    std::string name = attribute_name(header);
    if (name.empty()) continue;
    const auto found = std::ranges::find(settled, name, &Settled::name);
    if (found == settled.end()) {
      settled.push_back({std::move(header), std::move(name), std::move(value)});
    } else if (found->header == header) {
      found->value = std::move(value);
    } else {
      return fmt::format("attributes: \"{}\" and \"{}\" would both be \"{}\"; rename one of them", found->header,
                         header, name);
    }
  }
  record.attributes.clear();
  for (Settled& each : settled) record.attributes.emplace_back(std::move(each.name), std::move(each.value));
  return {};
}

class FileReader {
 public:
  FileReader(const FileForm& form, Stage& stage, const std::function<void(std::int64_t)>& progress)
      : form_(form), stage_(stage), progress_(progress) {}

  Result<FileContent> read(std::istream& file) {
    std::string piece(64 * 1024, '\0');
    std::optional<CsvReader> csv;
    while (file && !problem_) {
      file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
      const auto bytes = std::string_view(piece).substr(0, static_cast<std::size_t>(file.gcount()));
      if (!csv) csv.emplace(sniff_separator(bytes));
      csv->feed(bytes);
      take_rows(*csv);
    }
    if (file.bad()) return failure("The file can't be read to its end.", "Look at the disk that it is on.");
    csv->finish();
    take_rows(*csv);
    if (!problem_ && !dialect_) return unusable_file("The file is empty.", "Its first line must name the columns.");
    if (problem_) return std::unexpected(*std::move(problem_));
    return std::move(content_);
  }

 private:
  void take_rows(CsvReader& csv) {
    while (const CsvRow* row = problem_ ? nullptr : csv.next()) take(*row);
  }

  void take(const CsvRow& row) {
    if (!dialect_) {
      if (auto begun = begin(row); !begun) problem_ = std::move(begun).error();
      return;
    }
    if (++content_.rows % 1000 == 0) progress_(content_.rows);
    std::string trouble = trouble_of(row);
    Record record;
    if (trouble.empty()) {
      record = dialect_->read(row.fields);
      trouble = trouble_with(record);
    }
    if (trouble.empty()) trouble = settle_attributes(record);
    auto staged = trouble.empty() ? stage_.add(row.line, record) : stage_.reject(row.line, trouble);
    if (!staged) problem_ = to_problem(staged.error());
  }

  Result<void> begin(const CsvRow& header) {
    if (!header.trouble.empty()) {
      return unusable_file("The first line can't be used: it " + header.trouble + ".", "It must name the columns.");
    }
    for (const std::string_view field : header.fields) columns_.emplace_back(trim(field));
    content_.dialect = !form_.dialect.empty()   ? form_.dialect
                       : !form_.mapping.empty() ? "generic"
                                                : dialect_of(columns_);
    if (!form_.mapping.empty() && content_.dialect != "generic") {
      return unusable_file("A mapping goes with the generic dialect only.", "Leave one of the two out.");
    }
    dialect_ = dialect_named(content_.dialect, form_.mapping);
    if (!dialect_) {
      return unusable_file(fmt::format("The dialect \"{}\" is not known.", content_.dialect),
                           "Known are: magento, generic.");
    }
    if (auto begun = dialect_->begin(columns_); !begun) return begun;
    content_.columns_left_out = dialect_->left_out();
    return {};
  }

  // The CSV reader's trouble, with the name of the column that it is about.
  std::string trouble_of(const CsvRow& row) const {
    if (row.trouble.empty()) return {};
    if (row.trouble_field >= columns_.size()) return "the row " + row.trouble;
    return fmt::format("{}: it {}", columns_[row.trouble_field], row.trouble);
  }

  const FileForm& form_;
  Stage& stage_;
  const std::function<void(std::int64_t)>& progress_;
  FileContent content_;
  std::unique_ptr<Dialect> dialect_;
  std::vector<std::string> columns_;
  std::optional<Problem> problem_;
};

}  // namespace

Result<FileContent> read_file(std::istream& file, const FileForm& form, Stage& stage,
                              const std::function<void(std::int64_t)>& progress) {
  return FileReader(form, stage, progress).read(file);
}

}  // namespace pim::exchange
