// What the commands of the program share: the common flags, output, errors and exit codes.
//
// A command is one file with one function, `add_<command>`, which main.cpp calls. It declares arguments, calls
// the part of the program that does the work, and prints what came of it.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>

#include "base/problem.hpp"
#include "config/config.hpp"
#include "json/writer.hpp"
#include "pg/blocking.hpp"

namespace pim::cli {

// Where a command works: the settings and the database.
struct Site {
  config::Config config;
  pg::Blocking connection;
};

class Session {
 public:
  // Adds a command below `parent`, with an example for its help. `run` is called when it was given, and its
  // exit code is the program's; a Problem is printed and exits with 1.
  CLI::App* add(CLI::App& parent, const std::string& name, const std::string& description, const std::string& example,
                std::function<Result<int>()> run);

  // --json, on commands that print facts.
  void add_json_flag(CLI::App& command);
  bool json() const noexcept { return json_; }

  config::Flags flags;
  Result<config::Config> config() const { return config::load(flags, config::process_environment()); }

  // The URL of the database: DATABASE_URL's, or that of our own cluster, which is started where it does not run
  // and goes on running.
  Result<std::string> database_url(const config::Config& config) const;
  Result<pg::Blocking> connect() const;
  Result<Site> site() const;

  // For people, on standard error: what goes on. Not with --json.
  void note(const std::string& text) const;
  void print_problem(const Problem& problem) const;

  int exit_code = 0;

 private:
  void leave_to_owners() const;

  bool json_ = false;
};

// To standard output.
void print(const std::string& text);
// A file that is asked for by `option`, which names another place where this one can't be written.
Result<void> write_file(const std::filesystem::path& file, const std::string& text, std::string_view option);

// A failure of the database, for people.
std::unexpected<Problem> database_failure(const pg::Error& error);

// The word that stands where a command is missing, where there is one; after a parse that failed for want of a command.
std::optional<Problem> unknown_command(const CLI::App& app);

void add_assets(CLI::App& app, Session& session);
void add_cleanup(CLI::App& app, Session& session);
void add_backup(CLI::App& app, Session& session);
void add_db(CLI::App& app, Session& session);
void add_deploy(CLI::App& app, Session& session);
void add_doctor(CLI::App& app, Session& session);
void add_export(CLI::App& app, Session& session);
void add_import(CLI::App& app, Session& session);
void add_indexes(CLI::App& app, Session& session);
void add_logs(CLI::App& app, Session& session);
void add_migrate(CLI::App& app, Session& session);
void add_monitor(CLI::App& app, Session& session);
void add_rollback(CLI::App& app, Session& session);
void add_notify(CLI::App& app, Session& session);
void add_preflight(CLI::App& app, Session& session);
void add_serve(CLI::App& app, Session& session);
void add_thumbnail_worker(CLI::App& app, Session& session);
void add_token(CLI::App& app, Session& session);
void add_up(CLI::App& app, Session& session);
void add_user(CLI::App& app, Session& session);
void add_verify(CLI::App& app, Session& session);
void add_version(CLI::App& app, Session& session);
void add_client(CLI::App& app, Session& session);

}  // namespace pim::cli
