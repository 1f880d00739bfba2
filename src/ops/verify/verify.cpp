#include "ops/verify/verify.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.hpp"
#include "ops/backup/database.hpp"
#include "ops/backup/store.hpp"
#include "ops/journal.hpp"
#include "ops/migrate/migrate.hpp"
#include "ops/verify/parts.hpp"
#include "ops/verify/report.hpp"
#include "sql/ops/verify.hpp"
#include "version.hpp"

namespace pim::ops::verify {
namespace {

namespace statements = sql::ops::verify;

constexpr std::string_view part_names[] = {"deployment", "database", "application", "performance"};

// The checks whose names begin with one of these, as one.
Checked criterion(const std::vector<Checked>& checks, std::string name, std::string title,
                  std::initializer_list<std::string_view> beginnings) {
  Checked all{.name = std::move(name), .title = std::move(title)};
  std::size_t counted = 0, judged = 0;
  for (const Checked& each : checks) {
    const auto belongs = [&](std::string_view beginning) { return each.name.starts_with(beginning); };
    if (std::ranges::none_of(beginnings, belongs)) continue;
    ++counted;
    judged += each.verdict == Verdict::not_applicable ? 0 : 1;
    if (each.verdict != Verdict::not_applicable && each.verdict >= all.verdict) {
      if (each.verdict > all.verdict || all.seen.empty()) {
        all.seen = fmt::format("{}: {}", each.name, each.seen);
        all.remedy = each.remedy;
      }
      all.verdict = each.verdict;
    }
  }
  if (judged == 0) {
    all.verdict = Verdict::not_applicable;
    all.seen = counted == 0 ? "it was not looked at in this run" : "there is too little to judge by";
  } else if (judged > 1 && all.verdict == Verdict::ok) {
    all.seen += fmt::format(" (and {} more)", judged - 1);
  }
  return all;
}

pg::Outcome<Checked> look_at_notice(pg::Blocking& connection) {
  Checked checked{.name = "team", .title = "Team notified of successful deployment"};
  const auto rows = connection.query(std::string(statements::find_notice));
  if (!rows) return std::unexpected(rows.error());
  if (!rows->empty()) {
    checked.seen = fmt::format("sent to {} at {}", rows->text(0, 1), rows->text(0, 0));
    return checked;
  }
  checked.verdict = Verdict::warn;
  checked.seen = "nobody was told yet";
  checked.remedy = "pixelpim notify done --by NAME --send";
  return checked;
}

// The guide's success criteria, in its order.
Result<std::vector<Checked>> criteria_of(pg::Blocking& connection, const Report& report, bool is_first) {
  const auto of = [&](std::string name, std::string title, std::initializer_list<std::string_view> beginnings) {
    return criterion(report.checks, std::move(name), std::move(title), beginnings);
  };
  std::vector<Checked> all{
      of("migration", "Migration applied without errors", {"database.migrations", "database.columns"}),
      is_first ? of("rows", "All existing records have isDeleted = false", {"database.rows", "database.flags"})
               : of("rows", "Records are living, or in the trash by an act that is recorded",
                    {"database.rows", "database.invariants"}),
      of("delete", "Soft delete endpoint working correctly",
         {"deployment.switch", "deployment.product.deleted", "deployment.product.listed", "deployment.asset.deleted",
          "deployment.asset.listed"}),
      of("restore", "Restore endpoint working correctly",
         {"deployment.switch", "deployment.product.restored", "deployment.asset.restored"}),
      of("reads", "Queries exclude soft-deleted records",
         {"database.reads", "deployment.product.hidden", "deployment.asset.hidden"}),
      of("log", "Application logs show no errors", {"application.log"}),
      of("performance", "Performance metrics within acceptable range", {"performance."})};
  auto notice = look_at_notice(connection);
  if (!notice) return operator_failure(notice.error());
  all.push_back(*std::move(notice));
  return all;
}

Result<void> describe(Report& report, const config::Config& config, pg::Blocking& connection,
                      const std::string& database_url) {
  const auto name = connection.query(std::string(statements::database_name));
  if (!name) return operator_failure(name.error());
  report.database = name->text(0, 0);
  // On a connection of its own: what is compared is written without a search path.
  auto other = backup::connect_to(database_url);
  if (!other) return std::unexpected(std::move(other).error());
  const auto schema = backup::read_schema(*other);
  if (!schema) return operator_failure(schema.error());
  report.schema_fingerprint = sha256_of(*schema);
  const auto migrations = migrate::migrations();
  if (migrations && !migrations->empty()) report.newest_migration = migrations->back().name;
  const auto store = backup::Store::open(config.backups_folder);
  if (!store) return {};  // the report says that there is no backup
  const auto newest = backup::newest_backup(*store, report.database, backup::Grade::c);
  if (!newest) return {};
  report.backup = newest->name;
  report.backup_grade = std::string(1, static_cast<char>(newest->grade));
  if (const auto found = store->find(newest->name)) report.backup_hash = found->fingerprint;
  return {};
}

// Those parts that ask a server, and what they leave behind.
Result<void> ask_server(Report& report, const config::Config& config, pg::Blocking& connection, const Request& request,
                        const Progress& progress) {
  auto account = Account::take(config, connection, request);
  if (!account) return std::unexpected(std::move(account).error());
  if (auto cleared = account->clear_things(); !cleared) return std::unexpected(cleared.error());
  if (request.parts.contains(Part::deployment)) {
    progress(fmt::format("A product and an asset of our own go through the trash of {}", request.server));
    auto walked = verify_deployment(connection, account->server());
    if (walked) std::ranges::move(*walked, std::back_inserter(report.checks));
    if (!walked) return std::unexpected(std::move(walked).error());
  }
  if (request.parts.contains(Part::application)) {
    progress("Looking at the application and its log");
    std::ranges::move(verify_application(config, account->server()), std::back_inserter(report.checks));
  }
  auto left = account->leave();
  if (!left) return std::unexpected(std::move(left).error());
  Checked checked{.name = "deployment.nothing_left", .title = "The verification left nothing behind", .seen = *left};
  if (left->empty()) {
    checked.seen = "no product, no asset, no account; audit events only";
  } else {
    checked.verdict = Verdict::warn;
    checked.remedy =
        "Start the service and run `pixelpim verify` again, with the token that was used: it takes away what is left.";
  }
  report.checks.push_back(std::move(checked));
  return {};
}

}  // namespace

std::string_view name_of(Part part) { return part_names[static_cast<std::size_t>(part)]; }

bool Report::ok() const { return worst_of(checks) != Verdict::fail && worst_of(criteria) != Verdict::fail; }

bool Report::is_whole() const {
  return std::ranges::all_of(part_names, [&](std::string_view part) {
    return std::ranges::any_of(checks, [&](const Checked& each) { return each.name.starts_with(part); });
  });
}

Result<Report> verify(const config::Config& config, const std::string& database_url, const Request& request,
                      const Progress& progress) {
  auto connection = pg::Blocking::connect(database_url);
  if (!connection) return operator_failure(connection.error());
  if (const auto made = make_journal(*connection); !made) return operator_failure(made.error());
  Report report{.at = backup::now_text(),
                .by = backup::this_operator(),
                .server = request.server,
                .mode = request.is_first ? "first deployment" : "running system",
                .version = version};
  if (auto described = describe(report, config, *connection, database_url); !described) {
    return std::unexpected(described.error());
  }
  // Before anything is asked of the server: what is in the trash of a first deployment is not ours.
  if (request.parts.contains(Part::database)) {
    progress("Looking at the database");
    auto found = verify_database(*connection, request.is_first);
    if (!found) return std::unexpected(std::move(found).error());
    std::ranges::move(*found, std::back_inserter(report.checks));
  }
  const bool is_migrated = std::ranges::none_of(report.checks, [](const Checked& each) {
    return each.name == "database.migrations" && each.verdict == Verdict::fail;
  });
  if (is_migrated && (request.parts.contains(Part::deployment) || request.parts.contains(Part::application))) {
    if (auto asked = ask_server(report, config, *connection, request, progress); !asked) {
      return std::unexpected(asked.error());
    }
  }
  if (is_migrated && request.parts.contains(Part::performance)) {
    progress("Looking at plans and indexes");
    auto found = verify_performance(*connection);
    if (!found) return std::unexpected(std::move(found).error());
    std::ranges::move(*found, std::back_inserter(report.checks));
  }
  auto criteria = criteria_of(*connection, report, request.is_first);
  if (!criteria) return std::unexpected(std::move(criteria).error());
  report.criteria = *std::move(criteria);
  if (auto kept = keep(*connection, report); !kept) return std::unexpected(kept.error());
  return report;
}

}  // namespace pim::ops::verify
