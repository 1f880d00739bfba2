#include "ops/backup/database.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "pg/programs.hpp"

namespace pim::ops::backup {
namespace {

using namespace std::chrono_literals;

// What a product is made of, and what is said of things that it leads to.
constexpr std::string_view product_tables[] = {
    "User",      "Product",         "ProductAttribute", "ProductCategory", "ProductAsset", "Asset",        "AssetGroup",
    "Attribute", "FamilyAttribute", "AttributeGroup",   "Category",        "Family",       "StoredContent"};

constexpr const char* free_space = "Free some space on the database's disk, then run the same command again.";
constexpr const char* let_go = "Wait for whoever holds the table, or end that, then run the same command again.";
constexpr const char* see_it_runs = "See that PostgreSQL runs, then run the same command again.";

std::string remedy_of(const pg::Error& error) {
  if (error.sqlstate == "42501" && error.message.contains("row-level security")) {
    return "It hides rows from this role: a backup would be without them. Run this as a superuser or a role with "
           "BYPASSRLS, or ALTER TABLE … NO FORCE ROW LEVEL SECURITY.";
  }
  if (error.sqlstate == "42501" && error.message.contains("create database")) {
    return "Let a superuser say ALTER ROLE … CREATEDB, or name another server: `backup verify --server URL`, `backup "
           "restore --into URL` with the URL of an empty database.";
  }
  if (error.sqlstate == "42501") return "Run this as the owner of the tables, or as a role that may read all of them.";
  if (error.sqlstate == "53100") return free_space;
  if (error.sqlstate == "55P03") return let_go;
  if (error.connection_lost || error.sqlstate.starts_with("57P") || error.sqlstate.empty()) return see_it_runs;
  return error.hint;
}

// Names of scratch databases begin so: of the database that the program was connected to.
Result<std::string> scratch_prefix(pg::Blocking& connection) {
  const auto oid = connection.query("SELECT oid FROM pg_database WHERE datname = current_database()");
  if (!oid) return database_trouble(oid.error());
  return fmt::format("pixelpim_scratch_{}_", oid->text(0, 0));
}

// The lock says that somebody works with it.
Result<bool> take_name(pg::Blocking& connection, const std::string& name) {
  const auto taken =
      connection.query("SELECT pg_try_advisory_lock(hashtext('pixelpim scratch'), hashtext($1))", {name});
  if (!taken) return database_trouble(taken.error());
  return taken->text(0, 0) == "t";
}

Result<void> drop_abandoned(pg::Blocking& connection, const std::string& prefix) {
  const auto found = connection.query("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", {prefix});
  if (!found) return database_trouble(found.error());
  for (int i = 0; i < found->size(); ++i) {
    const std::string name(found->text(i, 0));
    const auto is_abandoned = take_name(connection, name);
    if (!is_abandoned) return std::unexpected(is_abandoned.error());
    if (!*is_abandoned) continue;
    const auto dropped = connection.query(fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted_name(name)));
    if (!dropped) return database_trouble(dropped.error());
  }
  return {};
}

std::vector<std::string> arguments_for(const pg::Target& target, const Backup& backup, const RestoreHow& how) {
  std::vector<std::string> arguments{"--format=directory", "--no-owner", "--no-privileges", "--exit-on-error",
                                     "--dbname=" + target.connection};
  if (how.in_one_transaction) {
    arguments.emplace_back("--single-transaction");
  } else {
    arguments.push_back(fmt::format("--jobs={}", how.jobs));
  }
  arguments.push_back(backup.database());
  return arguments;
}

}  // namespace

std::unexpected<Problem> database_trouble(const pg::Error& error) {
  return failure(fmt::format("The database says: {}{}{}", error.message, error.detail.empty() ? "" : " ", error.detail),
                 remedy_of(error));
}

std::unexpected<Problem> program_trouble(Problem problem) {
  const std::string& said = problem.message;
  const auto says = [&](std::string_view words) { return said.contains(words); };
  if (!problem.remedy.empty()) return std::unexpected(std::move(problem));
  problem.remedy = "Remove the cause, then run the same command again.";
  if (says("No space left") || says("Disk quota")) problem.remedy = free_space;
  if (says("lock timeout")) problem.remedy = let_go;
  if (says("connection to server") || says("server closed") || says("terminating connection"))
    problem.remedy = see_it_runs;
  return std::unexpected(std::move(problem));
}

std::string quoted_name(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + '"';
}

Result<pg::Blocking> connect_to(const std::string& url) {
  auto connection = pg::Blocking::connect(url);
  if (!connection) return database_trouble(connection.error());
  if (auto set = make_comparable(*connection); !set) return database_trouble(set.error());
  return *std::move(connection);
}

Result<void> create_database(pg::Blocking& connection, const std::string& name, const Manifest& manifest) {
  const auto literal = [](std::string text) {
    std::erase_if(text, [](char c) { return c == '\'' || c == '\\'; });
    return "'" + text + "'";
  };
  const std::string plain = fmt::format("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", quoted_name(name));
  auto made = connection.query(
      fmt::format("{} LC_COLLATE {} LC_CTYPE {}", plain, literal(manifest.collate), literal(manifest.ctype)));
  if (!made && made.error().sqlstate == "42809") made = connection.query(plain);  // a locale that is not known here
  if (!made) return database_trouble(made.error());
  return {};
}

void Ticker::tick(const std::function<std::string(int seconds)>& text) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + 2s;
  progress_(text(static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(now - begun_).count())));
}

Result<void> fill_database(const std::string& url, const Backup& backup, const RestoreHow& how,
                           const Progress& progress) {
  auto connection = connect_to(url);
  if (!connection) return std::unexpected(std::move(connection).error());
  const int major = std::max(connection->server_version() / 10000, backup.manifest.server_major);
  const auto program = pg::find_program("pg_restore", major);
  if (!program) return std::unexpected(program.error());
  Ticker ticker(progress);
  const auto waiting = [&] {
    ticker.tick([&](int seconds) {
      const auto size = connection->query("SELECT pg_database_size(current_database())");
      return fmt::format("Restoring: {} of about {} after {} s", size_text(size ? size->number(0, 0) : 0),
                         size_text(backup.manifest.database_bytes), seconds);
    });
  };
  const pg::Target target = pg::target_of(url);
  std::vector<std::string> arguments = arguments_for(target, backup, how);
  const auto run = [&]() -> Result<void> {
    auto ran = pg::run_program(*program, arguments, target, waiting);
    if (!ran) return program_trouble(std::move(ran).error());
    return {};
  };
  if (how.part == Part::all) return run();
  arguments.emplace_back("--section=pre-data");
  if (auto ran = run(); !ran) return ran;
  arguments.back() = "--section=data";
  for (const std::string_view table : product_tables) arguments.push_back(fmt::format("--table={}", table));
  return run();
}

Result<std::vector<std::string>> compare(const std::string& url, const Backup& backup, const Progress& progress) {
  auto connection = connect_to(url);
  if (!connection) return std::unexpected(std::move(connection).error());
  std::atomic<int> done = 0;
  auto reading = std::async(std::launch::async, [&] { return read_contents(*connection, done); });
  Ticker ticker(progress);
  while (reading.wait_for(200ms) != std::future_status::ready) {
    ticker.tick([&](int seconds) {
      return fmt::format("Comparing: {} of {} tables after {} s", done.load(), backup.manifest.tables.size(), seconds);
    });
  }
  const auto contents = reading.get();
  if (!contents) return database_trouble(contents.error());
  std::vector<std::string> troubles = differences(backup.manifest.tables, *contents);
  const auto schema = read_schema(*connection);
  if (!schema) return database_trouble(schema.error());
  const std::string expected = schema_of(backup);
  for (std::string& trouble : schema_differences(expected, *schema)) troubles.push_back(std::move(trouble));
  return troubles;
}

Result<Scratch> Scratch::make(const std::string& url, const Manifest& manifest) {
  auto connection = connect_to(url);
  if (!connection) return std::unexpected(std::move(connection).error());
  const auto prefix = scratch_prefix(*connection);
  if (!prefix) return std::unexpected(prefix.error());
  if (auto dropped = drop_abandoned(*connection, *prefix); !dropped) return std::unexpected(dropped.error());
  const std::string name = fmt::format("{}{}_{}", *prefix, ::getpid(), connection->backend_pid());
  if (auto taken = take_name(*connection, name); !taken) return std::unexpected(taken.error());
  if (auto made = create_database(*connection, name, manifest); !made) return std::unexpected(made.error());
  return Scratch(*std::move(connection), name, pg::with_database(url, name));
}

Result<Scratch> restore_into_scratch(const std::string& url, const Backup& backup, const RestoreHow& how,
                                     const Progress& progress) {
  auto scratch = Scratch::make(url, backup.manifest);
  if (!scratch) return scratch;
  if (auto filled = fill_database(scratch->url(), backup, how, progress); !filled)
    return std::unexpected(std::move(filled).error());
  return scratch;
}

Scratch::~Scratch() {
  if (connection_.is_open())
    std::ignore = connection_.query(fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted_name(name_)));
}

}  // namespace pim::ops::backup
