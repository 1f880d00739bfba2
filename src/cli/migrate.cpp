// pixelpim migrate: bring the database's schema to what this program needs.
#include "ops/migrate/migrate.hpp"

#include <filesystem>

#include "cli/command.hpp"

namespace pim::cli {
namespace {

namespace migrate = ops::migrate;
using Folder = std::optional<std::filesystem::path>;

// The form in which the replaced service's tool reports.
std::string tree_of(const std::vector<std::string>& names) {
  std::string text = "The following migration(s) have been applied:\n\nmigrations/";
  for (const std::string& name : names) text += fmt::format("\n  └─ {}/\n    └─ migration.sql", name);
  return text;
}

Result<int> deploy(const Session& session, const Folder& folder) {
  auto wanted = migrate::migrations(folder);
  if (!wanted) return std::unexpected(std::move(wanted).error());
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  auto applied = migrate::deploy(*connection, *wanted, [&](const std::string& text) { session.note(text); });
  if (!applied) return std::unexpected(std::move(applied).error());
  if (session.json()) {
    std::string body;
    json::Object(body).add("applied", *applied);
    print(body);
  } else if (applied->empty()) {
    print("No pending migrations to apply.");
  } else {
    print(tree_of(*applied) + "\n\nAll migrations have been successfully applied.");
  }
  return 0;
}

Result<int> status(const Session& session, const Folder& folder) {
  auto wanted = migrate::migrations(folder);
  if (!wanted) return std::unexpected(std::move(wanted).error());
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  auto entries = migrate::status(*connection, *wanted);
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

}  // namespace

void add_migrate(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("migrate", "The database's schema: apply migrations, see what is applied");
  group->require_subcommand(1);
  auto folder = std::make_shared<Folder>();
  const auto add = [&](const char* name, const char* description, const char* example, auto run) {
    CLI::App* command =
        session.add(*group, name, description, example, [&session, folder, run] { return run(session, *folder); });
    command->add_option("--migrations", *folder, "A folder of migrations, instead of those of the program");
    session.add_json_flag(*command);
  };
  add("deploy", "Apply what is pending. One program at a time; a failed migration changes nothing",
      "pixelpim migrate deploy", deploy);
  add("status", "List the migrations. Exits with 1 when some are not applied", "pixelpim migrate status --json",
      status);
}

}  // namespace pim::cli
