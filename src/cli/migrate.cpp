// pixelpim migrate: bring the database's schema to what this program needs, and back.
#include "ops/migrate/migrate.hpp"

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "cli/command.hpp"
#include "ops/migrate/baseline.hpp"
#include "ops/migrate/lint.hpp"

namespace pim::cli {
namespace {

namespace migrate = ops::migrate;
namespace fs = std::filesystem;

struct MigrateArguments {
  std::optional<fs::path> folder;
  bool confirm = false, force = false, lose_data = false, all = false;
  std::optional<std::string> to;
  std::string name;
};

// What each command begins with.
struct Opened {
  std::vector<migrate::Migration> wanted;
  pg::Blocking connection;
};

Result<Opened> open(const Session& session, const MigrateArguments& arguments) {
  auto wanted = migrate::migrations(arguments.folder);
  if (!wanted) return std::unexpected(std::move(wanted).error());
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  return Opened{*std::move(wanted), *std::move(connection)};
}

// The form in which the replaced service's tool reports.
std::string tree_of(std::string_view title, const std::vector<std::string>& names, std::string_view file) {
  std::string text(title);
  text += "\n\nmigrations/";
  for (const std::string& name : names) text += fmt::format("\n  └─ {}/\n    └─ {}", name, file);
  return text;
}

Result<int> deploy_migrations(const Session& session, const MigrateArguments& arguments) {
  auto opened = open(session, arguments);
  if (!opened) return std::unexpected(std::move(opened).error());
  auto applied =
      migrate::deploy(opened->connection, opened->wanted, [&](const std::string& text) { session.note(text); });
  if (!applied) return std::unexpected(std::move(applied).error());
  if (session.json()) {
    std::string body;
    json::Object(body).add("applied", *applied);
    print(body);
  } else if (applied->empty()) {
    print("No pending migrations to apply.");
  } else {
    print(tree_of("The following migration(s) have been applied:", *applied, "migration.sql") +
          "\n\nAll migrations have been successfully applied.");
  }
  return 0;
}

Result<int> list_migrations(const Session& session, const MigrateArguments& arguments) {
  auto opened = open(session, arguments);
  if (!opened) return std::unexpected(std::move(opened).error());
  auto entries = migrate::status(opened->connection, opened->wanted);
  if (!entries) return std::unexpected(std::move(entries).error());
  const bool up_to_date =
      std::ranges::all_of(*entries, [](const auto& e) { return e.state == migrate::State::applied; });
  if (session.json()) {
    std::string body;
    json::Object out{body};
    out.add("upToDate", up_to_date);
    {
      json::Array list = out.array("migrations");
      for (const auto& entry : *entries) {
        list.object()
            .add("name", entry.name)
            .add("state", migrate::name_of(entry.state))
            .add("finishedAt", entry.finished_at)
            .add("logs", entry.logs);
      }
    }
    out.close();
    print(body);
  } else {
    print(fmt::format("{} migrations found", entries->size()));
    for (const auto& entry : *entries) {
      print(fmt::format("  {:<8} {}{}", migrate::name_of(entry.state), entry.name,
                        entry.logs.empty() ? "" : "\n           " + entry.logs));
    }
    print(up_to_date ? "Database schema is up to date!" : "Run `pixelpim migrate deploy` to apply what is pending.");
  }
  return up_to_date ? 0 : 1;
}

Result<int> revert(const Session& session, const MigrateArguments& arguments) {
  auto opened = open(session, arguments);
  if (!opened) return std::unexpected(std::move(opened).error());
  auto reverted = migrate::revert(opened->connection, opened->wanted, arguments.to, arguments.lose_data,
                                  [&](const std::string& text) { session.note(text); });
  if (!reverted) return std::unexpected(std::move(reverted).error());
  if (session.json()) {
    std::string body;
    json::Object(body).add("reverted", reverted->names).add("lost", reverted->losses);
    print(body);
  } else if (reverted->names.empty()) {
    print("No migration to take back.");
  } else {
    print(tree_of("The following migration(s) have been taken back:", reverted->names, "down.sql"));
    for (const std::string& loss : reverted->losses) print("lost: " + loss);
  }
  return 0;
}

// --- baseline ---

void print_json(const migrate::Baseline& baseline) {
  std::string text;
  json::Object body{text};
  body.add("adopted", baseline.is_adopted)
      .add("adoptedBefore", baseline.was_adopted)
      .add("refused", baseline.is_refused());
  body.add("state", baseline.state).add("fingerprint", baseline.fingerprint).add("migrations", baseline.covered);
  body.add("ledger", baseline.ledger).add("products", baseline.products).add("trashed", baseline.trashed);
  {
    json::Array list = body.array("differences");
    for (const auto& difference : baseline.differences) {
      list.object()
          .add("what", difference.what)
          .add("then", difference.then)
          .add("verdict", migrate::name_of(difference.verdict))
          .add("sql", difference.sql);
    }
  }
  body.close();
  print(text);
}

void print_differences(const migrate::Baseline& baseline) {
  constexpr std::pair<migrate::Verdict, std::string_view> groups[] = {
      {migrate::Verdict::refused, "In the way:"},
      {migrate::Verdict::left, "To be seen to before `migrate deploy`:"},
      {migrate::Verdict::done, "Changed by the baseline:"},
      {migrate::Verdict::kept, "Noticed:"}};
  for (const auto& [verdict, title] : groups) {
    bool titled = false;
    for (const auto& difference : baseline.differences) {
      if (difference.verdict != verdict) continue;
      if (!std::exchange(titled, true)) print(std::string(title));
      print(fmt::format("  {}\n    → {}", difference.what, difference.then));
    }
  }
}

void print_text(const migrate::Baseline& baseline) {
  print(fmt::format("A database of the service, {}: {} products; {} products and assets in the trash.", baseline.state,
                    baseline.products, baseline.trashed));
  print("It has what these migrations make:");
  for (const std::string& name : baseline.covered) print("  " + name);
  for (const std::string& name : baseline.ledger) {
    print(fmt::format("One row is written to _prisma_migrations, so that its tool does not do it again: {}", name));
  }
  print_differences(baseline);
  print("The catalog's fingerprint: " + baseline.fingerprint);
}

Result<int> baseline(const Session& session, const MigrateArguments& arguments) {
  auto opened = open(session, {});
  if (!opened) return std::unexpected(std::move(opened).error());
  auto found = migrate::baseline(opened->connection, opened->wanted, arguments.confirm, arguments.force,
                                 [&](const std::string& text) { session.note(text); });
  if (!found) return std::unexpected(std::move(found).error());
  if (session.json()) {
    print_json(*found);
  } else if (found->was_adopted) {
    print(found->state.empty() ? "This database is PixelPim's own; there is nothing to adopt."
                               : fmt::format("This database was adopted already ({}).", found->state));
  } else {
    print_text(*found);
    print(found->is_adopted ? "Adopted. Next: `pixelpim migrate deploy`."
          : found->is_refused()
              ? "Nothing was changed: it can't be adopted as it is."
              : "Nothing was changed. `pixelpim migrate baseline --confirm` adopts it; take a backup first.");
  }
  return found->is_refused() ? 1 : 0;
}

// --- lint and new ---

Result<int> lint(const Session& session, const MigrateArguments& arguments) {
  auto wanted = migrate::migrations(arguments.folder);
  if (!wanted) return std::unexpected(std::move(wanted).error());
  if (!arguments.all && !arguments.folder) {
    auto opened = open(session, arguments);
    if (!opened) return std::unexpected(std::move(opened).error());
    auto entries = migrate::status(opened->connection, *wanted);
    if (!entries) return std::unexpected(std::move(entries).error());
    std::erase_if(*wanted, [&](const auto& migration) {
      const auto entry = std::ranges::find(*entries, migration.name, &migrate::Entry::name);
      return entry->state == migrate::State::applied;
    });
  }
  bool has_trouble = false;
  std::string text;
  {
    json::Object body{text};
    json::Array list = body.array("remarks");
    for (const auto& migration : *wanted) {
      if (!session.json()) print(migration.name);
      for (const auto& remark : migrate::lint(migration)) {
        has_trouble |= !remark.trouble.empty();
        list.object()
            .add("migration", migration.name)
            .add("statement", remark.statement)
            .add("lock", remark.lock)
            .add("trouble", remark.trouble);
        if (session.json()) continue;
        print(fmt::format("  {}\n    {}{}", remark.statement, remark.lock,
                          remark.trouble.empty() ? "" : "\n    ! " + remark.trouble));
      }
    }
  }
  if (session.json())
    print(text);
  else if (wanted->empty())
    print("No pending migrations to look at; --all looks at all of them.");
  return has_trouble ? 1 : 0;
}

Result<int> make_new(const MigrateArguments& arguments) {
  const bool fits = !arguments.name.empty() && std::ranges::all_of(arguments.name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!fits)
    return failure("The name may have small letters, digits and _.", "For example: pixelpim migrate new add_weight");
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  char time[15];
  std::strftime(time, sizeof time, "%Y%m%d%H%M%S", &parts);
  const fs::path folder = arguments.folder.value_or("db/migrations") / fmt::format("{}_{}", time, arguments.name);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return failure(fmt::format("{} can't be made: {}", folder.string(), error.message()));
  std::ofstream(folder / "migration.sql")
      << "-- What it is for. It runs while the last version of the program serves: add, and remove one version later.\n"
         "-- (For CREATE INDEX CONCURRENTLY and batches begin the file with the line `-- steps`.)\n";
  std::ofstream(folder / "down.sql") << "-- Takes back all of it.\n";
  print(folder.string());
  return 0;
}

}  // namespace

void add_migrate(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("migrate", "The database's schema: adopt it, apply migrations, take them back");
  group->require_subcommand(1);
  auto arguments = std::make_shared<MigrateArguments>();
  const auto add = [&](const char* name, const char* description, const char* example, auto run) {
    CLI::App* command = session.add(*group, name, description, example,
                                    [&session, arguments, run] { return run(session, *arguments); });
    session.add_json_flag(*command);
    return command;
  };
  const auto add_folder = [&](CLI::App* command) {
    command->add_option("--migrations", arguments->folder, "A folder of migrations, instead of those of the program");
    return command;
  };
  add_folder(add("deploy", "Apply what is pending. One program at a time; a failed migration changes nothing",
                 "pixelpim migrate deploy", deploy_migrations));
  add_folder(add("status", "List the migrations. Exits with 1 when some are not applied",
                 "pixelpim migrate status --json", list_migrations));
  CLI::App* adopt =
      add("baseline", "Adopt the database of the service that PixelPim replaces; without --confirm only look",
          "pixelpim migrate baseline --confirm", baseline);
  adopt->add_flag("--confirm", arguments->confirm, "Do what was shown");
  adopt->add_flag("--force", arguments->force, "Go on although its ledger has migrations that are not the service's");
  CLI::App* back =
      add_folder(add("revert", "Take back the last migration, by its down.sql", "pixelpim migrate revert", revert));
  back->add_option("--to", arguments->to, "Take back all that came after this one");
  back->add_flag("--lose-data", arguments->lose_data, "Also where rows go with it");
  CLI::App* look =
      add_folder(add("lint", "What pending migrations lock and rewrite. Exits with 1 when something stalls others",
                     "pixelpim migrate lint", lint));
  look->add_flag("--all", arguments->all, "All migrations, without a database");
  CLI::App* make = add_folder(add("new", "Make the folder of a new migration", "pixelpim migrate new add_weight",
                                  [](const Session&, const MigrateArguments& given) { return make_new(given); }));
  make->add_option("NAME", arguments->name, "What it does: add_weight")->required();
}

}  // namespace pim::cli
