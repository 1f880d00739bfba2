// The database as the deployment guide asks for it, and the plans of what is read most.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "json/reader.hpp"
#include "ops/backup/store.hpp"
#include "ops/doctor/doctor.hpp"
#include "ops/indexes/indexes.hpp"
#include "ops/journal.hpp"
#include "ops/migrate/migrate.hpp"
#include "ops/verify/parts.hpp"
#include "sql/ops/verify.hpp"

namespace pim::ops::verify {
namespace {

namespace statements = sql::ops::verify;

constexpr double milliseconds_max = 1000;       // of one statement: the guide's "slow"
constexpr std::int64_t pages_small = 100;       // a table of fewer is read faster without an index
constexpr std::int64_t rows_read_many = 1'000;  // for ten rows

Checked failed(std::string name, std::string title, std::string seen, std::string remedy) {
  return {std::move(name), std::move(title), Verdict::fail, std::move(seen), std::move(remedy)};
}

Result<Checked> look_at_migrations(pg::Blocking& connection) {
  const auto wanted = migrate::migrations();
  if (!wanted) return std::unexpected(wanted.error());
  const auto entries = migrate::status(connection, *wanted);
  if (!entries) return std::unexpected(entries.error());
  Checked checked{.name = "database.migrations", .title = "All migrations are applied"};
  const auto is_open = [](const migrate::Entry& entry) { return entry.state != migrate::State::applied; };
  const auto open = std::ranges::find_if(*entries, is_open);
  checked.seen = fmt::format("{} of {} applied",
                             entries->size() - static_cast<std::size_t>(std::ranges::count_if(*entries, is_open)),
                             entries->size());
  if (open != entries->end()) {
    checked.verdict = Verdict::fail;
    checked.seen += fmt::format("; {} is {}", open->name, migrate::name_of(open->state));
    checked.remedy = "pixelpim migrate deploy";
  } else if (!entries->empty()) {
    checked.seen += fmt::format(", the newest {} at {}", entries->back().name, entries->back().finished_at);
  }
  return checked;
}

pg::Outcome<Checked> look_at_columns(pg::Blocking& connection) {
  const auto rows = connection.query(std::string(statements::columns));
  if (!rows) return std::unexpected(rows.error());
  Checked checked{.name = "database.columns",
                  .title = "\"deletedAt\" is timestamp without time zone, nullable; \"isDeleted\" boolean, not null"};
  int tables = 0;
  for (int i = 0; i < rows->size(); ++i) {
    const bool is_time = rows->text(i, 1) == "deletedAt";
    tables += is_time ? 1 : 0;
    if (rows->text(i, 2) == (is_time ? "timestamp without time zone" : "boolean") &&
        rows->text(i, 3) == (is_time ? "YES" : "NO")) {
      continue;
    }
    return failed(checked.name, checked.title,
                  fmt::format("\"{}\".\"{}\" is {}, nullable: {}", rows->text(i, 0), rows->text(i, 1), rows->text(i, 2),
                              rows->text(i, 3)),
                  "Somebody changed the column by hand. Change it back: ALTER TABLE … ALTER COLUMN …");
  }
  constexpr int tables_with_trash = 7;
  if (rows->size() != 2 * tables_with_trash) {
    return failed(checked.name, checked.title, fmt::format("{} columns are there, of {}", rows->size(), 14),
                  "pixelpim migrate deploy");
  }
  checked.seen = fmt::format("so in all {} tables with a trash", tables);
  return checked;
}

pg::Outcome<Checked> look_at_clock(pg::Blocking& connection) {
  const auto rows = connection.query(std::string(statements::clock));
  if (!rows) return std::unexpected(rows.error());
  Checked checked{.name = "database.time_zone", .title = "Connections work in UTC"};
  checked.seen = fmt::format("TimeZone = {}", rows->text(0, 0));
  if (rows->text(0, 0) != "UTC") {
    return failed(checked.name, checked.title, checked.seen,
                  "What is deleted now would seem hours older or younger. Connect without a pooler that changes it.");
  }
  return checked;
}

// The numbers of the guide. In a running system something in the trash is normal; at a first deployment it is not.
pg::Outcome<std::vector<Checked>> look_at_rows(pg::Blocking& connection, bool is_first) {
  const auto rows = connection.query(std::string(statements::counts));
  if (!rows) return std::unexpected(rows.error());
  Checked counts{
      .name = "database.rows",
      .title = is_first ? "First deployment: nothing is in the trash yet" : "Rows are living or in the trash"};
  Checked reads{.name = "database.reads", .title = "Reads of the program leave out the trash"};
  for (int i = 0; i < rows->size(); ++i) {
    const std::string_view separator = i == 0 ? "" : "; ";
    counts.seen += fmt::format("{}{}: {} in all, {} active, {} deleted", separator, rows->text(i, 0),
                               rows->number(i, 1), rows->number(i, 2), rows->number(i, 3));
    reads.seen +=
        fmt::format("{}{} of {} {} are seen", separator, rows->number(i, 4), rows->number(i, 1), rows->text(i, 0));
    if (is_first && rows->number(i, 3) != 0) {
      counts.verdict = Verdict::fail;
      counts.remedy =
          "Rows are in the trash already. If this is no first deployment, say `pixelpim verify` without --first.";
    }
    if (rows->number(i, 4) != rows->number(i, 2)) {
      reads.verdict = Verdict::fail;
      reads.remedy = "The views of the schema live were changed by hand: pixelpim migrate status";
    }
  }
  return std::vector{std::move(counts), std::move(reads)};
}

Result<std::vector<Checked>> look_at_invariants(pg::Blocking& connection) {
  const auto findings = doctor::examine(connection);
  if (!findings) return std::unexpected(findings.error());
  Checked whole{.name = "database.invariants", .title = "Nothing in the database contradicts itself"};
  std::vector<Checked> all;
  std::size_t minor = 0;
  for (const doctor::Finding& finding : *findings) {
    if (finding.check->severity != doctor::Severity::broken) {
      ++minor;
      continue;
    }
    all.push_back(failed(fmt::format("database.{}", finding.check->name), std::string(finding.check->title),
                         fmt::format("{}: {}", finding.total, finding.rows.empty() ? "" : finding.rows.front()),
                         finding.check->fix.empty() ? std::string(finding.check->advice)
                                                    : fmt::format("pixelpim doctor --fix {}", finding.check->fix)));
  }
  whole.seen =
      fmt::format("{} checks of the doctor, {} broken, {} to be known of", doctor::checks().size(), all.size(), minor);
  if (!all.empty()) {
    whole.verdict = Verdict::fail;
    whole.remedy = "pixelpim doctor";
  }
  all.insert(all.begin(), std::move(whole));
  return all;
}

Result<Checked> look_at_indexes(pg::Blocking& connection) {
  const auto all = indexes::status(connection);
  if (!all) return std::unexpected(all.error());
  Checked checked{.name = "performance.indexes",
                  .title = "The partial indexes are there, valid, and as they should be"};
  for (const indexes::Index& index : *all) {
    if (index.state == indexes::State::ok) continue;
    checked.verdict = Verdict::fail;
    checked.seen +=
        fmt::format("{}{} is {}", checked.seen.empty() ? "" : "; ", index.name, indexes::name_of(index.state));
    checked.remedy = "pixelpim indexes apply";
  }
  if (checked.verdict == Verdict::ok) checked.seen = fmt::format("all {}", all->size());
  return checked;
}

// What a plan does with one table.
struct Scan {
  std::string index;  // empty: it reads the table row by row
  double rows_read = 0;
};
void find_scans(const boost::json::object& node, std::string_view table, std::vector<Scan>& scans) {
  const auto text = [&](std::string_view key) {
    const auto* value = node.if_contains(key);
    return value == nullptr ? std::string() : std::string(value->as_string());
  };
  const auto number = [&](std::string_view key) {
    const auto* value = node.if_contains(key);
    return value == nullptr ? 0.0 : value->to_number<double>();
  };
  if (text("Relation Name") == table || text("Node Type") == "Bitmap Index Scan") {
    Scan scan{.index = text("Index Name"),
              .rows_read = (number("Actual Rows") + number("Rows Removed by Filter")) * number("Actual Loops")};
    if (!scan.index.empty() || text("Node Type") == "Seq Scan") scans.push_back(std::move(scan));
  }
  if (const auto* plans = node.if_contains("Plans")) {
    for (const auto& child : plans->as_array()) find_scans(child.as_object(), table, scans);
  }
}

struct Query {
  std::string_view name, title, table, text;
};
constexpr Query queries[] = {
    {"products", "The newest products", "Product", statements::read_product_page},
    {"any_products", "Ten living products (the guide's query)", "Product", statements::read_any_products},
    {"product_trash", "The products that were deleted last", "Product", statements::read_product_trash},
    {"assets", "The newest assets", "Asset", statements::read_asset_page},
    {"asset_trash", "The assets that were deleted last", "Asset", statements::read_asset_trash}};

struct Table {
  std::int64_t rows = 0, pages = 0, bytes = 0;
  std::string words() const {
    return fmt::format("{} rows, {} pages, {}", rows < 0 ? std::string("uncounted") : std::to_string(rows), pages,
                       backup::size_text(bytes));
  }
};

// What the plan shows, judged by what it had to read.
void judge(Checked& checked, const Table& table, const std::vector<Scan>& scans, double milliseconds) {
  const auto sequential = std::ranges::find_if(scans, [](const Scan& scan) { return scan.index.empty(); });
  if (milliseconds > milliseconds_max) {
    checked.verdict = Verdict::fail;
    checked.remedy = "pixelpim indexes apply; pixelpim doctor --fix statistics --confirm";
  }
  if (sequential == scans.end()) {
    checked.seen =
        fmt::format("{:.1f} ms through {} ({})", milliseconds, scans.empty() ? "" : scans.front().index, table.words());
    return;
  }
  checked.seen = fmt::format("{:.1f} ms, {:.0f} rows read without an index ({})", milliseconds, sequential->rows_read,
                             table.words());
  if (checked.verdict == Verdict::fail) return;
  if (table.pages < pages_small) {
    checked.verdict = Verdict::not_applicable;
    checked.seen += ": the table is too small to tell, reading all of it is cheaper than any index";
  } else if (sequential->rows_read > rows_read_many) {
    checked.verdict = Verdict::fail;
    checked.remedy = "pixelpim indexes apply; pixelpim doctor --fix statistics --confirm";
  } else {
    checked.seen += ": the first rows that it meets will do";
  }
}

pg::Outcome<Checked> look_at_plan(pg::Blocking& connection, const Query& query, std::string_view tenant) {
  Checked checked{.name = fmt::format("performance.{}", query.name), .title = std::string(query.title)};
  if (tenant.empty()) {
    checked.verdict = Verdict::not_applicable;
    checked.seen = "there is nothing to read yet";
    return checked;
  }
  const auto sizes = connection.query(std::string(statements::table_sizes), {query.table});
  if (!sizes) return std::unexpected(sizes.error());
  const Table table{sizes->number(0, 0), sizes->number(0, 1), sizes->number(0, 2)};
  const auto plan = connection.query(fmt::format("EXPLAIN (ANALYZE, FORMAT JSON)\n{}", query.text), {tenant});
  if (!plan) return std::unexpected(plan.error());
  const auto read = boost::json::parse(plan->text(0, 0));
  const auto& root = read.at(0).as_object();
  std::vector<Scan> scans;
  find_scans(root.at("Plan").as_object(), query.table, scans);
  judge(checked, table, scans, root.at("Execution Time").to_number<double>());
  return checked;
}

pg::Outcome<Checked> look_at_index_use(pg::Blocking& connection) {
  const auto rows = connection.query(std::string(statements::index_use));
  if (!rows) return std::unexpected(rows.error());
  Checked checked{.name = "performance.index_use", .title = "The indexes are read"};
  constexpr int shown = 3;
  int read = 0;
  for (int i = 0; i < rows->size(); ++i) {
    if (rows->number(i, 2) == 0) continue;
    if (read++ < shown) {
      checked.seen +=
          fmt::format("{}{} {} times", checked.seen.empty() ? "" : ", ", rows->text(i, 0), rows->number(i, 2));
    }
  }
  checked.seen = fmt::format("{} of {} were read so far: {}", read, rows->size(), checked.seen);
  if (read == 0) checked.verdict = Verdict::not_applicable;
  return checked;
}

}  // namespace

Result<std::vector<Checked>> verify_database(pg::Blocking& connection, bool is_first) {
  std::vector<Checked> all;
  auto migrations = look_at_migrations(connection);
  if (!migrations) return std::unexpected(migrations.error());
  const bool is_migrated = migrations->verdict == Verdict::ok;
  all.push_back(*std::move(migrations));
  if (!is_migrated) return all;  // nothing below could be asked
  for (const auto look : {look_at_columns, look_at_clock}) {
    auto checked = look(connection);
    if (!checked) return operator_failure(checked.error());
    all.push_back(*std::move(checked));
  }
  auto rows = look_at_rows(connection, is_first);
  if (!rows) return operator_failure(rows.error());
  std::ranges::move(*rows, std::back_inserter(all));
  auto invariants = look_at_invariants(connection);
  if (!invariants) return std::unexpected(invariants.error());
  std::ranges::move(*invariants, std::back_inserter(all));
  return all;
}

Result<std::vector<Checked>> verify_performance(pg::Blocking& connection) {
  auto indexes = look_at_indexes(connection);
  if (!indexes) return std::unexpected(indexes.error());
  std::vector<Checked> all{*std::move(indexes)};
  const auto tenants = connection.query(std::string(statements::largest_tenants));
  if (!tenants) return operator_failure(tenants.error());
  for (const Query& query : queries) {
    auto checked = look_at_plan(connection, query, tenants->text(0, query.table == "Product" ? 0 : 1));
    if (!checked) return operator_failure(checked.error());
    all.push_back(*std::move(checked));
  }
  auto use = look_at_index_use(connection);
  if (!use) return operator_failure(use.error());
  all.push_back(*std::move(use));
  return all;
}

}  // namespace pim::ops::verify
