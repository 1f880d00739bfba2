#include "exchange/import.hpp"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "exchange/stage.hpp"
#include "json/writer.hpp"
#include "sql/exchange.hpp"

namespace pim::exchange {
namespace {

constexpr int attempts_max = 5;

Problem problem_of(const pg::Error& error) {
  if (error.is_unique_violation_of("Product_userId_name_live_key")) {
    return conflict("import.names", "Two products would have one name for a moment: " + error.detail).error();
  }
  Problem problem = to_problem(error);
  if (problem.message == "Internal server error") problem.message = "The database says: " + error.message;
  return problem;
}

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
    if (auto done = connection_.script(std::string(sql::drop_rejected)); !done) return done;
    if (auto done = reject_links(); !done) return done;
    if (auto done = run(sql::add_attributes, summary_.attributes); !done) return done;
    if (auto done = run(sql::add_families, summary_.families); !done) return done;
    if (auto done = run(sql::add_family_attributes, ignored); !done) return done;
    if (auto done = add_categories(category_levels); !done) return done;
    for (const std::string_view statement :
         {sql::step_aside, sql::update_products, sql::add_products, sql::update_values, sql::add_values,
          sql::update_categories, sql::update_links, sql::touch_products}) {
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

  pg::Outcome<void> reject_links() {
    std::int64_t deeper = 0;
    if (auto done = run(sql::exchange::reject_links, summary_.links_refused); !done) return done;
    if (auto done = run(sql::exchange::reject_levels, deeper); !done) return done;
    summary_.links_refused += deeper;
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
        .add("dialect", summary_.file.dialect)
        .add("rows", summary_.file.rows)
        .add("created", summary_.created)
        .add("updated", summary_.updated)
        .add("rejected", summary_.rejected)
        .add("count", summary_.created + summary_.updated);
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
  ImportSummary summary;
  Stage stage(connection);
  if (auto begun = stage.begin(); !begun) return std::unexpected(problem_of(begun.error()));
  auto content = read_file(file, options.form, stage, [&](std::int64_t rows) { progress("reading", rows); });
  if (!content) return std::unexpected(std::move(content).error());
  summary.file = *std::move(content);
  if (auto ended = stage.end(); !ended) return std::unexpected(problem_of(ended.error()));
  progress("writing", summary.file.rows);
  if (auto applied = apply(connection, options, summary, stage.deepest_category()); !applied) {
    return std::unexpected(std::move(applied).error());
  }
  if (auto given = give_rejects(connection, reject); !given) return std::unexpected(std::move(given).error());
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return summary;
}

}  // namespace pim::exchange
