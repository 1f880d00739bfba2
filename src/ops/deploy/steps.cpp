#include "ops/deploy/steps.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "ops/backup/backup.hpp"
#include "ops/deploy/hand_over.hpp"
#include "ops/deploy/report.hpp"
#include "ops/deploy/tell.hpp"
#include "ops/indexes/indexes.hpp"
#include "ops/migrate/baseline.hpp"
#include "ops/migrate/migrate.hpp"
#include "ops/rollback/full.hpp"
#include "ops/verify/report.hpp"
#include "ops/verify/verify.hpp"
#include "pg/check.hpp"
#include "pg/programs.hpp"

namespace pim::ops::deploy {
namespace {

Outcome announce(Context& context) { return tell(context, notices::Kind::planned); }

Outcome back_up(Context& context) {
  auto store = backup::Store::open(context.config.backups_folder);
  if (!store) return std::unexpected(std::move(store).error());
  const media::Storage storage(context.config);
  auto made = backup::create(
      *store, context.url, storage,
      {.label = "before_deploy", .note = "made by pixelpim deploy", .jobs = context.options.jobs}, context.progress);
  if (!made) return std::unexpected(std::move(made).error());
  const auto graded =
      backup::verify(*store, *made, {.scratch_url = context.url, .jobs = context.options.jobs}, context.progress);
  if (!graded) return std::unexpected(graded.error());
  if (graded->grade != backup::Grade::a)
    return failure(fmt::format("{} is of grade {}: {}", made->name(), static_cast<char>(graded->grade),
                               fmt::join(graded->troubles, "; ")),
                   "Look at the disk and the server, and run the command again.");
  return fmt::format("{}, grade A, {}, SHA-256 {}", made->name(), backup::size_text(made->bytes), made->fingerprint);
}

Outcome adopt(Context& context) {
  auto ours = migrate::migrations();
  if (!ours) return std::unexpected(std::move(ours).error());
  auto entries = migrate::status(context.connection, *ours);
  if (!entries) return std::unexpected(std::move(entries).error());
  const bool is_ours =
      std::ranges::any_of(*entries, [](const auto& each) { return each.state == migrate::State::applied; });
  if (is_ours) return "it is PixelPim's already";
  auto adopted = migrate::baseline(context.connection, *ours, true, false, context.progress);
  if (!adopted) return std::unexpected(std::move(adopted).error());
  if (adopted->is_refused())
    return failure("It can't be adopted as it is.", "`pixelpim migrate baseline` says what is in the way.");
  return fmt::format("adopted ({}), fingerprint {}", adopted->state, adopted->fingerprint);
}

Outcome migrate_schema(Context& context) {
  auto ours = migrate::migrations();
  if (!ours) return std::unexpected(std::move(ours).error());
  auto applied = migrate::deploy(context.connection, *ours, context.progress);
  if (!applied) return std::unexpected(std::move(applied).error());
  return fmt::format("{} applied now; the newest is {}", applied->size(), ours->back().name);
}

Outcome take_in_archive(Context& context) {
  const auto waiting = rollback::archive_that_waits(context.connection);
  if (!waiting) return std::unexpected(waiting.error());
  if (waiting->empty()) return "no full rollback put anything aside";
  if (context.options.leaves_archive)
    return fmt::format("{} stays where it is; `pixelpim rollback full --undo` takes it in", *waiting);
  const auto taken = rollback::take_in(context.connection, {}, context.progress);
  if (!taken) return std::unexpected(taken.error());
  std::int64_t rows = 0;
  for (const auto& table : taken->tables) rows += table.taken;
  return fmt::format("{} rows from {}, with their ids, deletions and days of purge", rows, taken->archive);
}

Outcome check_client(Context& context) {
  if (auto checked = pg::check_statements(context.url); !checked) return std::unexpected(std::move(checked).error());
  return fmt::format("all {} statements fit the schema", pg::StatementBase::all().size());
}

Outcome build_indexes(Context& context) {
  auto built = indexes::apply(context.connection, context.progress);
  if (!built) return std::unexpected(std::move(built).error());
  const auto found = indexes::status(context.connection);
  if (!found) return std::unexpected(found.error());
  for (const auto& index : *found) {
    if (index.state != indexes::State::ok)
      return failure(fmt::format("The index {} is {}.", index.name, indexes::name_of(index.state)),
                     "pixelpim indexes apply");
  }
  return fmt::format("{} are valid, {} of them built now", found->size(), built->size());
}

Outcome prove(Context& context) {
  const auto report =
      verify::verify(context.config, context.url,
                     {.server = context.deployment.server, .is_first = context.options.is_first}, context.progress);
  if (!report) return std::unexpected(report.error());
  const auto file = report_file(context.config, context.deployment, "_verification.md");
  if (auto written = write_report(file, verify::to_markdown(*report, context.config.support_email)); !written)
    return std::unexpected(std::move(written).error());
  std::string failed, remedies;
  for (const Checked& each : report->checks) {
    if (each.verdict != Verdict::fail) continue;
    failed += fmt::format("{}{}: {}", failed.empty() ? "" : "; ", each.name, each.seen);
    if (!each.remedy.empty()) remedies += fmt::format("{}; ", each.remedy);
  }
  if (!report->ok())
    return failure("The verification failed: " + failed, fmt::format("{}all of it is in {}.", remedies, file.string()));
  return fmt::format("all that was looked at is as it should be; report {}, {}", report->hash.substr(0, 12),
                     file.string());
}

Outcome tell_that_it_is_done(Context& context) { return tell(context, notices::Kind::done); }

constexpr std::string_view nothing_changed = "Nothing was changed.";
constexpr std::string_view schema_way_back =
    "What is applied works with the program of before, which goes on serving. Back: `pixelpim migrate revert`, or the "
    "backup (`pixelpim backup restore`).";
constexpr std::string_view trash_way_back =
    "`pixelpim rollback quick --confirm` switches the trash off at once; `pixelpim rollback full` leads back to the "
    "database of before.";
constexpr std::string_view mail_way_back =
    "It is deployed and proven, the mail alone is missing: `pixelpim notify done --by NAME --send` sends it, too.";
constexpr Act all_acts[] = {
    {"announce", "Tell the team that it begins", nothing_changed, false, announce},
    {"backup", "Back up the database, and prove the backup", nothing_changed, false, back_up},
    {"adopt", "Take over the database of the replaced service", nothing_changed, true, adopt},
    {"migrate", "Apply the migrations", schema_way_back, true, migrate_schema},
    {"archive", "Take in what a full rollback put aside", schema_way_back, true, take_in_archive},
    {"client", "Compare the program's statements with the schema", schema_way_back, false, check_client},
    {"indexes", "Build the partial indexes", schema_way_back, true, build_indexes},
    {"handover", "Hand over to the new program", schema_way_back, false, hand_over},
    {"verify", "Verify the deployment", trash_way_back, false, prove},
    {"tell", "Tell the team that it is done", mail_way_back, false, tell_that_it_is_done}};

}  // namespace

std::span<const Act> acts() { return all_acts; }

}  // namespace pim::ops::deploy
