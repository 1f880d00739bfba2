#include "exchange/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <set>
#include <thread>

#include "catalog/products/rules.hpp"
#include "exchange/csv.hpp"
#include "exchange/record.hpp"
#include "exchange/stage.hpp"
#include "json/writer.hpp"
#include "sql/exchange.hpp"

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
constexpr int attempts_max = 5;

Problem problem_of(const pg::Error& error) {
  if (error.is_unique_violation_of("Product_userId_name_live_key")) {
    return conflict("import.names", "Two products would have one name for a moment: " + error.detail).error();
  }
  Problem problem = to_problem(error);
  if (problem.message == "Internal server error") problem.message = "The database says: " + error.message;
  return problem;
}

// Reading -------------------------------------------------------------------------------------------------------

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

// Reads the file into the stage.
class FileReader {
 public:
  FileReader(Stage& stage, ImportSummary& summary, const ImportProgress& progress)
      : stage_(stage), summary_(summary), progress_(progress) {}

  Result<void> read(std::istream& file) {
    CsvReader csv;
    std::string piece(64 * 1024, '\0');
    while (file && !problem_) {
      file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
      csv.feed(std::string_view(piece).substr(0, static_cast<std::size_t>(file.gcount())));
      take_rows(csv);
    }
    if (file.bad()) return failure("The file can't be read to its end.");
    csv.finish();
    take_rows(csv);
    if (!problem_ && !dialect_) return failure("The file is empty.", "Its first line must name the columns.");
    if (problem_) return std::unexpected(*std::move(problem_));
    return {};
  }

 private:
  void take_rows(CsvReader& csv) {
    while (const CsvRow* row = problem_ ? nullptr : csv.next()) take(*row);
  }

  void take(const CsvRow& row) {
    if (!dialect_) return begin(row);
    if (++summary_.rows % 1000 == 0) progress_("reading", summary_.rows);
    std::string trouble = trouble_of(row);
    Record record;
    if (trouble.empty()) {
      record = dialect_->read(row.fields);
      trouble = trouble_with(record);
    }
    auto staged = trouble.empty() ? stage_.add(row.line, clean(std::move(record))) : stage_.reject(row.line, trouble);
    if (!staged) problem_ = problem_of(staged.error());
  }

  void begin(const CsvRow& header) {
    if (!header.trouble.empty()) {
      problem_ = failure("The first line can't be used: " + header.trouble).error();
      return;
    }
    for (const std::string_view field : header.fields) columns_.emplace_back(trim(field));
    if (summary_.dialect.empty()) summary_.dialect = dialect_of(columns_);
    dialect_ = dialect_named(summary_.dialect);
    if (!dialect_) {
      problem_ =
          failure(fmt::format("The dialect \"{}\" is not known.", summary_.dialect), "Known are: magento, generic.")
              .error();
      return;
    }
    if (auto begun = dialect_->begin(columns_); !begun) problem_ = std::move(begun).error();
    summary_.columns_left_out = dialect_->left_out();
  }

  // The reader's own, with the name of the column that it is about.
  std::string trouble_of(const CsvRow& row) const {
    if (row.trouble.empty() || row.trouble_field >= columns_.size()) return row.trouble;
    return fmt::format("{}: {}", columns_[row.trouble_field], row.trouble);
  }

  // One value for each attribute: the last that the row gives.
  static Record clean(Record record) {
    std::vector<std::pair<std::string, std::string>> attributes;
    for (auto& [name, value] : record.attributes) {
      std::string known = attribute_name(name);
      if (known.empty()) continue;
      const auto found = std::ranges::find(attributes, known, [](const auto& attribute) { return attribute.first; });
      if (found != attributes.end()) {
        found->second = std::move(value);
      } else {
        attributes.emplace_back(std::move(known), std::move(value));
      }
    }
    record.attributes = std::move(attributes);
    return record;
  }

  Stage& stage_;
  ImportSummary& summary_;
  const ImportProgress& progress_;
  std::unique_ptr<Dialect> dialect_;
  std::vector<std::string> columns_;
  std::optional<Problem> problem_;
};

// Applying ------------------------------------------------------------------------------------------------------

// Brings the catalogue to what the stage says, in the transaction that is open.
class Applier {
 public:
  Applier(pg::Blocking& connection, const ImportOptions& options, ImportSummary& summary)
      : connection_(connection),
        tenant_(std::to_string(options.tenant)),
        actor_(std::to_string(options.actor)),
        summary_(summary) {}

  pg::Outcome<void> apply(int category_levels) {
    // Imports into one catalogue queue.
    if (auto locked =
            connection_.query("SELECT pg_advisory_xact_lock(hashtext('pixelpim import'), $1::int4)", {tenant_});
        !locked) {
      return std::unexpected(locked.error());
    }
    namespace sql = sql::exchange;
    std::int64_t ignored = 0;
    if (auto done = run(sql::reject_rows, ignored); !done) return done;
    if (auto done = run(sql::reject_links, summary_.links_refused); !done) return done;
    if (auto done = connection_.script(std::string(sql::drop_rejected)); !done) return done;
    if (auto done = run(sql::add_attributes, summary_.attributes); !done) return done;
    if (auto done = run(sql::add_families, summary_.families); !done) return done;
    if (auto done = run(sql::add_family_attributes, ignored); !done) return done;
    if (auto done = add_categories(category_levels); !done) return done;
    for (const std::string_view statement :
         {sql::update_products, sql::add_products, sql::update_values, sql::add_values, sql::update_categories,
          sql::update_links, sql::touch_products}) {
      if (auto done = run(statement, ignored); !done) return done;
    }
    if (auto counted = count(); !counted) return counted;
    return note();
  }

 private:
  pg::Outcome<void> run(std::string_view statement, std::int64_t& rows) {
    auto done = connection_.query(std::string(statement), {tenant_});
    if (!done) return std::unexpected(done.error());
    rows = done->affected();
    return {};
  }

  pg::Outcome<void> add_categories(int levels) {
    summary_.categories = 0;
    for (int level = 1; level <= levels; ++level) {
      auto added = connection_.query(std::string(sql::exchange::add_categories), {tenant_, std::to_string(level)});
      if (!added) return std::unexpected(added.error());
      summary_.categories += added->affected();
    }
    return {};
  }

  pg::Outcome<void> count() {
    auto counts = connection_.query(std::string(sql::exchange::count_import), {tenant_});
    if (!counts) return std::unexpected(counts.error());
    summary_.created = counts->number(0, 0);
    summary_.updated = counts->number(0, 1);
    summary_.unchanged = counts->number(0, 2) - summary_.created - summary_.updated;
    summary_.rejected = counts->number(0, 3);
    summary_.variants = counts->number(0, 4);
    return {};
  }

  pg::Outcome<void> note() {
    std::string detail;
    json::Object(detail)
        .add("dialect", summary_.dialect)
        .add("rows", summary_.rows)
        .add("created", summary_.created)
        .add("updated", summary_.updated)
        .add("rejected", summary_.rejected);
    auto noted = connection_.query(std::string(sql::exchange::note_import), {tenant_, actor_, detail});
    if (!noted) return std::unexpected(noted.error());
    return {};
  }

  pg::Blocking& connection_;
  std::string tenant_, actor_;
  ImportSummary& summary_;
};

// Others write meanwhile: who loses a race begins again with what is there now.
bool is_lost_race(const pg::Error& error) {
  return error.sqlstate == "23505" || error.sqlstate == "40001" || error.sqlstate == "40P01";
}

Result<void> apply(pg::Blocking& connection, const ImportOptions& options, ImportSummary& summary,
                   int category_levels) {
  for (int attempt = 1;; ++attempt) {
    auto transaction = pg::Transaction::begin(connection);
    if (!transaction) return std::unexpected(problem_of(transaction.error()));
    auto done = Applier(connection, options, summary).apply(category_levels);
    if (done) done = transaction->commit();
    if (done) return {};
    if (attempt == attempts_max || !is_lost_race(done.error())) return std::unexpected(problem_of(done.error()));
    std::this_thread::sleep_for(std::chrono::milliseconds{50 * attempt});
  }
}

Result<void> give_rejects(pg::Blocking& connection, const std::function<void(const Reject&)>& reject) {
  std::string last = "0";
  for (;;) {
    auto rows = connection.query(std::string(sql::exchange::rejected_rows), {last});
    if (!rows) return std::unexpected(problem_of(rows.error()));
    if (rows->empty()) return {};
    for (int row = 0; row < rows->size(); ++row) {
      reject({rows->number(row, 1), std::string(rows->text(row, 2)), rows->text(row, 3) == "t"});
    }
    last = rows->text(rows->size() - 1, 0);
  }
}

}  // namespace

Result<ImportSummary> import_products(pg::Blocking& connection, std::istream& file, const ImportOptions& options,
                                      const ImportProgress& progress,
                                      const std::function<void(const Reject&)>& reject) {
  const auto begin = std::chrono::steady_clock::now();
  ImportSummary summary{.dialect = options.dialect};
  Stage stage(connection);
  if (auto begun = stage.begin(); !begun) return std::unexpected(problem_of(begun.error()));
  if (auto read = FileReader(stage, summary, progress).read(file); !read)
    return std::unexpected(std::move(read).error());
  if (auto ended = stage.end(); !ended) return std::unexpected(problem_of(ended.error()));
  progress("writing", summary.rows);
  if (auto applied = apply(connection, options, summary, stage.deepest_category()); !applied) {
    return std::unexpected(std::move(applied).error());
  }
  if (auto given = give_rejects(connection, reject); !given) return std::unexpected(std::move(given).error());
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return summary;
}

}  // namespace pim::exchange
