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
// So many new products change what the planner should know, and autovacuum can take minutes to look.
constexpr std::int64_t analyzed_from = 5000;

Problem problem_of(const pg::Error& error) {
  if (error.is_unique_violation_of("Product_userId_name_live_key")) {
    return conflict("import.names", "Two products would have one name for a moment: " + error.detail).error();
  }
  Problem problem = to_problem(error);
  if (problem.message == "Internal server error") problem.message = "The database says: " + error.message;
  return problem;
}

std::string_view name_of(Mode mode) noexcept {
  constexpr std::string_view names[] = {"upsert", "create", "update", "replace"};
  return names[static_cast<std::size_t>(mode)];
}

// Applying ------------------------------------------------------------------------------------------------------

// Brings the catalogue to what the stage says, in the transaction that is open.
class Applier {
 public:
  Applier(pg::Blocking& connection, const ImportOptions& options, ImportSummary& summary,
          const ImportProgress& progress)
      : connection_(connection),
        options_(options),
        tenant_(std::to_string(options.tenant)),
        summary_(summary),
        progress_(progress) {}

  Result<void> apply(int category_levels) {
    // Imports into one catalogue queue.
    auto locked = connection_.query("SELECT pg_advisory_xact_lock(hashtext('pixelpim import'), $1::int4)", {tenant_});
    if (!locked) return lost(locked.error());
    namespace sql = sql::exchange;
    const std::string_view mode = name_of(options_.mode);
    const std::string_view replaces = options_.mode == Mode::replace ? "true" : "false";
    for (const Step& step : std::initializer_list<Step>{
             {sql::resolve_names, {tenant_}},
             {sql::fit_values},
             {sql::reject_values},
             {sql::drop_rejected},
             {sql::reject_rows, {tenant_, mode}},
             {sql::drop_rejected},
             {sql::resolve_images, {tenant_}},
         }) {
      if (auto done = run(step); !done) return done;
    }
    if (auto done = reject_links(); !done) return done;
    for (const Step& step : std::initializer_list<Step>{
             {sql::add_attributes, {tenant_}},
             {sql::resolve_names, {tenant_}},
             {sql::analyze_names},
             {sql::fit_values},
             {sql::add_families, {tenant_}},
             {sql::add_attribute_groups, {tenant_}},
             {sql::add_family_attributes, {tenant_}},
         }) {
      if (auto done = run(step); !done) return done;
    }
    for (int level = 1; level <= category_levels; ++level) {
      if (auto done = run({sql::add_categories, {tenant_, std::to_string(level)}}); !done) return done;
    }
    for (const Step& step : std::initializer_list<Step>{
             {sql::step_aside, {tenant_}},
             {sql::update_products, {tenant_, replaces}},
             {sql::add_products, {tenant_}},
             {sql::update_values, {tenant_}},
             {sql::add_values, {tenant_}},
         }) {
      if (auto done = run(step); !done) return done;
    }
    if (options_.mode == Mode::replace) {
      if (auto done = run({sql::remove_values, {tenant_}}); !done) return done;
    }
    for (const Step& step : std::initializer_list<Step>{
             {sql::update_categories, {tenant_}},
             {sql::update_links, {tenant_}},
             {sql::link_images, {tenant_}},
             {sql::touch_products, {tenant_}},
         }) {
      if (auto done = run(step); !done) return done;
    }
    if (auto counted = count(); !counted) return counted;
    return note();
  }

  // What the last failure of the database was, where it was that: who loses a race begins again.
  const std::optional<pg::Error>& error() const noexcept { return error_; }

 private:
  // A statement with its parameters; without any, perhaps several.
  struct Step {
    std::string_view sql;
    std::vector<std::string> values{};
    std::int64_t* rows = nullptr;

    Step(std::string_view text, std::initializer_list<std::string_view> parameters = {}, std::int64_t* count = nullptr)
        : sql(text), values(parameters.begin(), parameters.end()), rows(count) {}
  };

  Result<void> lost(const pg::Error& error) {
    error_ = error;
    return std::unexpected(problem_of(error));
  }

  Result<void> run(const Step& step) {
    if (auto goes_on = progress_("writing", summary_.file.rows); !goes_on) return goes_on;
    if (step.values.empty()) {
      auto done = connection_.script(std::string(step.sql));
      return done ? Result<void>() : lost(done.error());
    }
    const std::vector<pg::Blocking::Value> values(step.values.begin(), step.values.end());
    auto done = connection_.query(std::string(step.sql), values);
    if (!done) return lost(done.error());
    if (step.rows != nullptr) *step.rows = done->affected();
    return {};
  }

  Result<void> reject_links() {
    std::int64_t deeper = 0;
    if (auto done = run({sql::exchange::reject_links, {tenant_}, &summary_.links_refused}); !done) return done;
    if (auto done = run({sql::exchange::reject_levels, {tenant_}, &deeper}); !done) return done;
    summary_.links_refused += deeper;
    return {};
  }

  Result<void> count() {
    auto counts = connection_.query(std::string(sql::exchange::count_import), {tenant_});
    if (!counts) return lost(counts.error());
    summary_.created = counts->number(0, 0);
    summary_.updated = counts->number(0, 1);
    summary_.unchanged = counts->number(0, 2) - summary_.created - summary_.updated;
    summary_.rejected = counts->number(0, 3);
    summary_.variants = counts->number(0, 4);
    summary_.attributes = counts->number(0, 5);
    summary_.families = counts->number(0, 6);
    summary_.categories = counts->number(0, 7);
    return {};
  }

  Result<void> note() {
    std::string detail;
    json::Object(detail)
        .add("dialect", summary_.file.dialect)
        .add("rows", summary_.file.rows)
        .add("created", summary_.created)
        .add("updated", summary_.updated)
        .add("rejected", summary_.rejected)
        .add("count", summary_.created + summary_.updated);
    return run({sql::exchange::note_import, {tenant_, std::to_string(options_.actor), detail}});
  }

  pg::Blocking& connection_;
  const ImportOptions& options_;
  std::string tenant_;
  ImportSummary& summary_;
  const ImportProgress& progress_;
  std::optional<pg::Error> error_;
};

Result<Plan> read_plan(pg::Blocking& connection, std::int32_t tenant_id) {
  Plan plan;
  const std::string tenant = std::to_string(tenant_id);
  auto models = connection.query(std::string(sql::exchange::planned_models), {tenant});
  if (!models) return std::unexpected(problem_of(models.error()));
  for (int row = 0; row < models->size(); ++row) {
    plan.models.push_back(
        {std::string(models->text(row, 0)), std::string(models->text(row, 1)), std::string(models->text(row, 2))});
  }
  auto products = connection.query(std::string(sql::exchange::planned_products), {tenant});
  if (!products) return std::unexpected(problem_of(products.error()));
  for (int row = 0; row < products->size(); ++row) {
    plan.products.push_back({products->number(row, 0), std::string(products->text(row, 1)),
                             std::string(products->text(row, 2)), products->text(row, 3) == "t",
                             std::string(products->text(row, 4))});
  }
  return plan;
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

// Others write meanwhile: who loses a race begins again with what is there now.
bool is_lost_race(const pg::Error& error) {
  return error.sqlstate == "23505" || error.sqlstate == "40001" || error.sqlstate == "40P01";
}

// A dry run is told before it is taken back: with it goes all that it noted.
Result<void> end_dry_run(pg::Blocking& connection, const ImportOptions& options, ImportSummary& summary,
                         const std::function<void(const Reject&)>& reject) {
  auto plan = read_plan(connection, options.tenant);
  if (!plan) return std::unexpected(std::move(plan).error());
  summary.plan = *std::move(plan);
  return give_rejects(connection, reject);
}

Result<void> apply(pg::Blocking& connection, const ImportOptions& options, ImportSummary& summary, int category_levels,
                   const ImportProgress& progress, const std::function<void(const Reject&)>& reject) {
  for (int attempt = 1;; ++attempt) {
    auto transaction = pg::Transaction::begin(connection);
    if (!transaction) return std::unexpected(problem_of(transaction.error()));
    Applier applier(connection, options, summary, progress);
    auto done = applier.apply(category_levels);
    if (done && options.is_dry_run) return end_dry_run(connection, options, summary, reject);
    auto error = applier.error();
    if (done) {
      auto committed = transaction->commit();
      if (committed) return give_rejects(connection, reject);
      error = committed.error();
      done = std::unexpected(problem_of(*error));
    }
    if (attempt == attempts_max || !error || !is_lost_race(*error)) return done;
    std::this_thread::sleep_for(std::chrono::milliseconds{50 * attempt});
  }
}

}  // namespace

std::optional<Mode> mode_named(std::string_view name) noexcept {
  for (const Mode mode : {Mode::upsert, Mode::create, Mode::update, Mode::replace}) {
    if (name == name_of(mode)) return mode;
  }
  return std::nullopt;
}

Result<ImportSummary> import_products(pg::Blocking& connection, std::istream& file, const ImportOptions& options,
                                      const ImportProgress& progress,
                                      const std::function<void(const Reject&)>& reject) {
  const auto begin = std::chrono::steady_clock::now();
  ImportSummary summary;
  Stage stage(connection);
  if (auto begun = stage.begin(); !begun) return std::unexpected(problem_of(begun.error()));
  FileForm form = options.form;
  form.needs_name = options.mode != Mode::update;
  auto content = read_file(file, form, stage, [&](std::int64_t rows) { return progress("reading", rows); });
  if (!content) return std::unexpected(std::move(content).error());
  summary.file = *std::move(content);
  if (auto ended = stage.end(); !ended) return std::unexpected(problem_of(ended.error()));
  if (auto applied = apply(connection, options, summary, stage.deepest_category(), progress, reject); !applied) {
    return std::unexpected(std::move(applied).error());
  }
  if (summary.created >= analyzed_from && !options.is_dry_run) {
    // The import stands, whatever becomes of this.
    static_cast<void>(connection.script(std::string(sql::exchange::analyze_catalogue)));
  }
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return summary;
}

}  // namespace pim::exchange
