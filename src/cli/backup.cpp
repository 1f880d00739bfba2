// pixelpim backup: make backups, prove them, and bring back what is lost.
#include "ops/backup/backup.hpp"

#include <thread>

#include "cli/command.hpp"
#include "config/database_url.hpp"
#include "ops/alerts/alerts.hpp"
#include "ops/backup/extract.hpp"
#include "pg/programs.hpp"

namespace pim::cli {
namespace {

namespace backup = ops::backup;

struct BackupArguments {
  std::string folder, name, label, note, into, server, product, tenant, sku, new_name;
  bool with_files = false, prove = false, quick = false, confirm = false, variants = false;
  std::optional<int> keep, days;
  int jobs = 0, hours = 24, lock_timeout = 60;

  int connections() const {
    const auto processors = static_cast<int>(std::thread::hardware_concurrency());
    return jobs > 0 ? jobs : std::clamp(processors / 2, 2, 8);
  }
};

// What every command works with.
struct Ground {
  config::Config config;
  backup::Store store;
  std::string url;  // empty where the command needs no database
  backup::Progress progress;
  media::Storage storage() const { return media::Storage(config); }
};

enum class Needs : std::uint8_t { folder, database };

Result<Ground> ground_of(const Session& session, const BackupArguments& arguments, Needs needs) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  auto store = backup::Store::open(arguments.folder.empty() ? config->backups_folder
                                                            : std::filesystem::absolute(arguments.folder));
  if (!store) return std::unexpected(std::move(store).error());
  std::string url;
  if (needs == Needs::database) {
    auto found = session.database_url(*config);
    if (!found) return std::unexpected(std::move(found).error());
    url = *std::move(found);
  }
  return Ground{*std::move(config), *std::move(store), std::move(url),
                [&session](const std::string& text) { session.note(text); }};
}

std::string letter(const backup::Graded& graded) { return {static_cast<char>(graded.grade)}; }

// Members of an object, for scripts.
void write_facts(json::Object& out, const backup::Backup& each) {
  const backup::Manifest& m = each.manifest;
  out.add("name", each.name()).add("folder", each.folder.native()).add("grade", letter(each.graded));
  out.add("gradedAt", each.graded.at).add("troubles", each.graded.troubles).add("bytes", each.bytes);
  out.add("createdAt", m.created_at).add("createdBy", m.created_by).add("note", m.note);
  out.add("database", m.database).add("programVersion", m.program_version).add("serverVersion", m.server_version);
  out.add("newestMigration", m.newest_migration).add("schemaFingerprint", m.schema_fingerprint);
  out.add("fingerprint", each.fingerprint).add("tables", m.tables.size()).add("rows", m.rows());
  out.add("withFiles", m.with_files).add("files", m.files).add("fileBytes", m.file_bytes);
  out.add("filesMissing", m.files_missing).add("filesNotTakenIn", m.files_not_taken_in);
}

void print_backup(const Session& session, const backup::Backup& each) {
  if (session.json()) {
    std::string body;
    json::Object out{body};
    write_facts(out, each);
    out.close();
    return print(body);
  }
  const backup::Manifest& m = each.manifest;
  print(fmt::format("{}  grade {}  {}, {} rows in {} tables{}", each.name(), letter(each.graded),
                    backup::size_text(each.bytes), m.rows(), m.tables.size(),
                    m.with_files ? fmt::format(", {} files", m.files) : ""));
  for (const std::string& trouble : each.graded.troubles) print("  " + trouble);
}

// The alert of a backup that failed, and its end. Without a database, or on one that has no alerts yet, the exit code
// alone says it.
void tell_outcome(const Ground& ground, const std::string& trouble) {
  if (ground.url.empty()) return;
  auto connection = pg::Blocking::connect(ground.url);
  if (!connection) return;
  std::ignore =
      ops::alerts::Watcher(ground.config)
          .report(*connection, "backup_failed", trouble,
                  "Run `pixelpim backup create --verify` by hand; `pixelpim backup list` has those that there are.");
}

Result<int> verify_one(Session& session, const Ground& ground, backup::Backup found, const BackupArguments& arguments) {
  auto graded = backup::verify(ground.store, found,
                               {.quick = arguments.quick,
                                .scratch_url = arguments.server.empty() ? ground.url : arguments.server,
                                .jobs = arguments.connections()},
                               ground.progress);
  if (!graded) {
    tell_outcome(ground, fmt::format("{} could not be verified. {}", found.name(), graded.error().message));
    return std::unexpected(std::move(graded).error());
  }
  found.graded = *std::move(graded);
  print_backup(session, found);
  const bool is_damaged = found.graded.grade == backup::Grade::broken;
  tell_outcome(ground,
               is_damaged ? fmt::format("{} is damaged: {}.", found.name(), found.graded.troubles.front()) : "");
  if (!is_damaged) return 0;
  session.note(
      fmt::format("error: {} is damaged\nnext: Make another one: pixelpim backup create --verify", found.name()));
  return 1;
}

Result<int> create(Session& session, const BackupArguments& arguments) {
  auto ground = ground_of(session, arguments, Needs::database);
  if (!ground) return std::unexpected(std::move(ground).error());
  auto made = backup::create(ground->store, ground->url, ground->storage(),
                             {.label = arguments.label,
                              .note = arguments.note,
                              .with_files = arguments.with_files,
                              .jobs = arguments.connections(),
                              .lock_timeout = std::chrono::seconds(arguments.lock_timeout)},
                             ground->progress);
  if (!made) {
    if (made.error().code != "locked") tell_outcome(*ground, made.error().message);
    return std::unexpected(std::move(made).error());
  }
  const bool lacks_files = !made->manifest.files_missing.empty();
  if (made->manifest.files_not_taken_in > 0 && arguments.with_files) {
    session.note(
        fmt::format("{} assets have files that were not taken in yet, and are not in the backup: pixelpim assets adopt",
                    made->manifest.files_not_taken_in));
  }
  for (const std::string& file : made->manifest.files_missing)
    session.note(fmt::format("missing or damaged: {}", file));
  if (arguments.prove) {
    auto proved = verify_one(session, *ground, *std::move(made), arguments);
    if (!proved || *proved != 0) return proved;
  } else {
    print_backup(session, *made);
    tell_outcome(*ground, "");
  }
  if (lacks_files)
    session.note("error: the database is backed up; some files of assets are not\nnext: pixelpim assets verify");
  return lacks_files ? 1 : 0;
}

Result<int> list(Session& session, const BackupArguments& arguments) {
  auto ground = ground_of(session, arguments, Needs::folder);
  if (!ground) return std::unexpected(std::move(ground).error());
  const auto all = ground->store.list();
  if (session.json()) {
    std::string body = "[";
    for (const auto& each : all) {
      if (body.size() > 1) body += ',';
      json::Object out{body};
      write_facts(out, each);
    }
    print(body + "]");
    return 0;
  }
  for (const auto& each : all) print_backup(session, each);
  if (all.empty()) print(fmt::format("There is no backup in {}.", ground->store.folder().string()));
  return 0;
}

// For monitoring: the exit code says whether there is one that can be relied on.
Result<int> recent(Session& session, const BackupArguments& arguments) {
  auto ground = ground_of(session, arguments, Needs::database);
  if (!ground) return std::unexpected(std::move(ground).error());
  const auto found =
      backup::require_backup(ground->store, pg::database_of(ground->url), std::chrono::hours(arguments.hours));
  if (!found) return std::unexpected(found.error());
  if (session.json()) {
    std::string body;
    json::Object(body)
        .add("name", found->name)
        .add("grade", std::string(1, static_cast<char>(found->grade)))
        .add("ageSeconds", found->age.count());
    print(body);
  } else {
    print(fmt::format("{}  grade {}  {} old", found->name, static_cast<char>(found->grade),
                      backup::age_text(found->age)));
  }
  return 0;
}

Result<int> verify_backup(Session& session, const BackupArguments& arguments) {
  const bool needs_database = !arguments.quick && arguments.server.empty();
  auto ground = ground_of(session, arguments, needs_database ? Needs::database : Needs::folder);
  if (!ground) return std::unexpected(std::move(ground).error());
  auto found = ground->store.find(arguments.name);
  if (!found) return std::unexpected(std::move(found).error());
  return verify_one(session, *ground, *std::move(found), arguments);
}

// Where `--into` leads: the server, by a database that is there to connect to, and the name of the target.
struct Goal {
  std::string server, name;
};
Result<Goal> goal_of(const std::string& into, const std::string& own_url) {
  Goal goal{.server = own_url, .name = into};
  if (into.contains("://")) {
    auto translated = config::libpq_url(into);
    if (!translated) return std::unexpected(std::move(translated).error());
    goal.server = translated->url;
    goal.name = pg::database_of(translated->url);
  }
  if (goal.name.empty())
    return failure("--into names no database.", "Its form is NAME, or postgresql://user@host/NAME.");
  // That of everybody; it is there unless somebody took it away.
  std::string common = pg::with_database(goal.server, "postgres");
  if (goal.name != "postgres" && pg::Blocking::connect(common)) goal.server = std::move(common);
  return goal;
}

Result<int> restore(Session& session, const BackupArguments& arguments) {
  const bool is_elsewhere = arguments.into.contains("://");
  auto ground = ground_of(session, arguments, is_elsewhere ? Needs::folder : Needs::database);
  if (!ground) return std::unexpected(std::move(ground).error());
  auto found = ground->store.find(arguments.name);
  if (!found) return std::unexpected(std::move(found).error());
  auto goal = goal_of(arguments.into, ground->url);
  if (!goal) return std::unexpected(std::move(goal).error());
  if (arguments.with_files && !found->manifest.with_files) {
    return failure(fmt::format("{} has no files.", found->name()), "Leave --with-files out.");
  }
  auto restored = backup::restore(ground->store, *found, goal->server,
                                  {.into = goal->name, .replace = arguments.confirm, .jobs = arguments.connections()},
                                  ground->progress);
  if (!restored) return std::unexpected(std::move(restored).error());
  std::int64_t files = 0;
  if (arguments.with_files) {
    const auto put = backup::restore_files(*found, restored->url, ground->storage(), ground->progress);
    if (!put) return std::unexpected(put.error());
    files = *put;
  } else if (found->manifest.files > 0) {
    session.note("The files of the backup were left where they are; --with-files restores them too.");
  }
  if (session.json()) {
    std::string body;
    json::Object(body)
        .add("backup", found->name())
        .add("database", restored->database)
        .add("rows", restored->rows)
        .add("kept", restored->kept)
        .add("files", files);
    print(body);
    return 0;
  }
  print(fmt::format("{} is restored into the database {}: {} rows, compared with the backup.", found->name(),
                    restored->database, restored->rows));
  if (arguments.with_files) print(fmt::format("{} files were put back.", files));
  if (!restored->kept.empty()) print(fmt::format("What was there before is the database {} now.", restored->kept));
  return 0;
}

Result<int> prune(Session& session, const BackupArguments& arguments) {
  if (!arguments.keep && !arguments.days) return failure("Say what to keep.", "--keep 14, or --days 30.");
  auto ground = ground_of(session, arguments, Needs::folder);
  if (!ground) return std::unexpected(std::move(ground).error());
  auto lock = ground->store.lock();
  if (!lock) return std::unexpected(std::move(lock).error());
  const auto all = ground->store.list();
  const auto gone = backup::beyond(all, {arguments.keep, arguments.days});
  if (arguments.confirm && !gone.empty()) {
    // Nothing goes unless what stays can be relied on.
    const auto stays = std::ranges::min_element(all, {}, [](const backup::Backup& each) { return each.graded.grade; });
    const auto troubles = ground->store.read_through(*stays);
    if (!troubles) return std::unexpected(troubles.error());
    if (!troubles->empty()) {
      return failure(fmt::format("{} would stay as the best, and is damaged: {}", stays->name(), troubles->front()),
                     "Nothing was removed. `pixelpim backup verify` each of them, or make a new one.");
    }
    for (const auto& each : gone) {
      if (auto removed = ground->store.remove(each); !removed) return std::unexpected(removed.error());
    }
  }
  std::vector<std::string> names;
  names.reserve(gone.size());
  for (const auto& each : gone) names.push_back(each.name());
  if (session.json()) {
    std::string body;
    json::Object(body).add("removed", arguments.confirm).add("backups", names).add("kept", all.size() - gone.size());
    print(body);
    return 0;
  }
  for (const std::string& name : names)
    print(fmt::format("{} {}", arguments.confirm ? "removed" : "would remove", name));
  print(fmt::format("{} stay.{}", all.size() - gone.size(),
                    names.empty() || arguments.confirm ? "" : " Say --confirm to remove the others."));
  return 0;
}

Result<int> extract(Session& session, const BackupArguments& arguments) {
  auto ground = ground_of(session, arguments, Needs::database);
  if (!ground) return std::unexpected(std::move(ground).error());
  auto found = ground->store.find(arguments.name);
  if (!found) return std::unexpected(std::move(found).error());
  if (const auto troubles = ground->store.read_through(*found); !troubles || !troubles->empty()) {
    if (!troubles) return std::unexpected(troubles.error());
    return failure(fmt::format("{} is damaged: {}", found->name(), troubles->front()), "Name another one with --from.");
  }
  const auto extracted = backup::extract(*found, ground->url, ground->storage(),
                                         {.product = arguments.product,
                                          .tenant = arguments.tenant,
                                          .with_variants = arguments.variants,
                                          .sku = arguments.sku,
                                          .name = arguments.new_name,
                                          .jobs = arguments.connections()},
                                         ground->progress);
  if (!extracted) return std::unexpected(extracted.error());
  if (session.json()) {
    std::string body;
    json::Object(body)
        .add("backup", found->name())
        .add("ids", extracted->ids)
        .add("oldIds", extracted->old_ids)
        .add("values", extracted->values)
        .add("links", extracted->links)
        .add("assets", extracted->assets)
        .add("gone", extracted->gone);
    print(body);
    return 0;
  }
  for (std::size_t i = 0; i < extracted->ids.size(); ++i) {
    const bool is_same = extracted->ids[i] == extracted->old_ids[i];
    print(fmt::format("product {} is back from {}{}", extracted->ids[i], found->name(),
                      is_same ? "" : fmt::format(" (it was {}; somebody has that id)", extracted->old_ids[i])));
  }
  print(fmt::format("with {} values, {} links, {} assets that were gone too", extracted->values, extracted->links,
                    extracted->assets.size()));
  for (const std::string& gone : extracted->gone) print("gone: " + gone);
  return 0;
}

}  // namespace

void add_backup(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("backup", "Make backups, prove them, and bring back what is lost");
  group->require_subcommand(1);
  auto arguments = std::make_shared<BackupArguments>();
  const auto add = [&](const char* name, const char* description, const char* example, auto run) {
    CLI::App* command = session.add(*group, name, description, example,
                                    [&session, arguments, run] { return run(session, *arguments); });
    command->add_option("--folder", arguments->folder, "The folder of backups (PIXELPIM_BACKUPS; <state>/backups)");
    session.add_json_flag(*command);
    return command;
  };
  const auto with_jobs = [&](CLI::App* command) {
    command->add_option("--jobs", arguments->jobs, "Connections at a time")->check(CLI::Range(1, 64));
  };
  CLI::App* command = add("create", "A whole backup of this moment, or none: what is under way has no backup's name",
                          "pixelpim backup create --name before_soft_delete --verify", create);
  command->add_option("--name", arguments->label, "Part of its name: backup_NAME_20261125_021500")
      ->check([](const std::string& text) {
        const bool fits =
            text.size() <= 60 && std::ranges::all_of(text, [](char c) {
              return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
            });
        return fits ? std::string() : std::string("letters, digits, - and _, 60 at most");
      });
  command->add_option("--note", arguments->note, "What it is for");
  command->add_flag("--with-files", arguments->with_files, "The files of assets too");
  command
      ->add_option("--lock-timeout", arguments->lock_timeout, "Seconds that it waits for a table in somebody's hands")
      ->check(CLI::Range(1, 86'400));
  command->add_flag("--verify", arguments->prove, "Restore it into a scratch database and compare, at once");
  with_jobs(command);
  add("list", "Those that there are, with their grades: A restored and compared, B read through, C listed, D damaged",
      "pixelpim backup list --json", list);
  command =
      add("recent", "Is there one of grade A of this database that is not older than a day? Else the exit code is 1",
          "pixelpim backup recent --hours 24", recent);
  command->add_option("--hours", arguments->hours, "How old it may be")->check(CLI::Range(1, 876'000));
  command =
      add("verify", "Prove one, the newest without a name: read it through, restore it, compare rows and contents",
          "pixelpim backup verify", verify_backup);
  command->add_option("name", arguments->name, "Its name");
  command->add_flag("--quick", arguments->quick, "Read it through only");
  command->add_option("--server", arguments->server, "Another server to restore it on (a PostgreSQL URL)");
  with_jobs(command);
  command = add("restore", "Bring a database back, into a new or empty one",
                "pixelpim backup restore backup_20261125_021500 --into pixelpim_restored", restore);
  command->add_option("name", arguments->name, "Its name")->required();
  command->add_option("--into", arguments->into, "The database: its name on this server, or a PostgreSQL URL")
      ->required();
  command->add_flag("--confirm", arguments->confirm,
                    "Take the place of a database with something in it, which is kept under another name");
  command->add_flag("--with-files", arguments->with_files, "Put its files back too");
  with_jobs(command);
  command = add("prune", "Remove old ones. The newest of the best grade always stays",
                "pixelpim backup prune --keep 14 --confirm", prune);
  command->add_option("--keep", arguments->keep, "How many of the newest stay")->check(CLI::Range(1, 100'000));
  command->add_option("--days", arguments->days, "Those that are younger stay")->check(CLI::Range(0, 36'500));
  command->add_flag("--confirm", arguments->confirm, "Really remove them; without it they are listed");
  command = add("extract", "Bring one product back that was deleted for good",
                "pixelpim backup extract --product BOOT-42 --variants", extract);
  command->add_option("--product", arguments->product, "Its SKU or id")->required();
  command->add_option("--from", arguments->name, "The backup; without it the newest");
  command->add_option("--tenant", arguments->tenant, "Its owner's e-mail or id, where several have that SKU");
  command->add_flag("--variants", arguments->variants, "Its variants too");
  command->add_option("--sku", arguments->sku, "Another SKU than it had");
  command->add_option("--name", arguments->new_name, "Another name than it had");
  with_jobs(command);
}

}  // namespace pim::cli
