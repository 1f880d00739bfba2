#include "cli/command.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "base/ownership.hpp"
#include "config/database_url.hpp"
#include "pg/embedded/cluster.hpp"

namespace pim::cli {

CLI::App* Session::add(CLI::App& parent, const std::string& name, const std::string& description,
                       const std::string& example, std::function<Result<int>()> run) {
  CLI::App* command = parent.add_subcommand(name, description);
  command->footer("\nExample:\n  " + example);
  command->add_option("--state", flags.state, "The folder that everything is kept in (PIXELPIM_STATE)");
  command->add_option("--config", flags.file, "The configuration, instead of <state>/pixelpim.toml");
  command->callback([this, run = std::move(run)] {
    auto outcome = run();
    leave_to_owners();
    if (!outcome) print_problem(outcome.error());
    exit_code = outcome ? *outcome : 1;
  });
  return command;
}

// Root may do what the service's user does, and not be in its way. The database is PostgreSQL's, whom root runs as its
// own user; and catalogues' files are many, and the server's to write.
void Session::leave_to_owners() const {
  const auto settings = config();
  if (!settings) return;
  give_to_owner(settings->state, {"postgres", "assets"});
  give_to_owner(settings->backups_folder);
}

void Session::add_json_flag(CLI::App& command) { command.add_flag("--json", json_, "Print JSON, for scripts"); }

Result<std::string> Session::database_url(const config::Config& config) const {
  if (!config.database_url.empty()) {
    auto translated = config::libpq_url(config.database_url);
    if (!translated) return std::unexpected(std::move(translated).error());
    for (const std::string& dropped : translated->dropped) note(fmt::format("DATABASE_URL: {} is not used.", dropped));
    return std::move(translated->url);
  }
  auto cluster = pg::embedded::Cluster::in(config.state);
  if (!cluster) return std::unexpected(std::move(cluster).error());
  if (auto started = cluster->start(); !started) return std::unexpected(std::move(started).error());
  return cluster->url();
}

Result<pg::Blocking> Session::connect() const {
  auto settings = config();
  if (!settings) return std::unexpected(std::move(settings).error());
  auto url = database_url(*settings);
  if (!url) return std::unexpected(std::move(url).error());
  auto connection = pg::Blocking::connect(*url);
  if (!connection) {
    return failure("The database is out of reach: " + connection.error().message,
                   settings->database_url.empty() ? "Look at `pixelpim db status`." : "Check DATABASE_URL.");
  }
  return *std::move(connection);
}

Result<Site> Session::site() const {
  auto settings = config();
  if (!settings) return std::unexpected(std::move(settings).error());
  auto connection = connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  return Site{*std::move(settings), *std::move(connection)};
}

void Session::note(const std::string& text) const {
  if (!json_) fmt::print(stderr, "{}\n", text);
}

void Session::print_problem(const Problem& problem) const {
  if (json_) {
    std::string body;
    json::Object out{body};
    out.object("error").add("code", problem.code).add("message", problem.message).add("remedy", problem.remedy);
    out.close();
    return print(body);
  }
  if (problem.messages.empty()) fmt::print(stderr, "error: {}\n", problem.message);
  for (const std::string& message : problem.messages) fmt::print(stderr, "error: {}\n", message);
  if (!problem.remedy.empty()) fmt::print(stderr, "next: {}\n", problem.remedy);
}

Result<void> write_file(const std::filesystem::path& file, const std::string& text, std::string_view option) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << text << std::flush;
  if (stream) return {};
  return failure(fmt::format("{} can't be written.", file.string()),
                 fmt::format("Name a folder where you may write with {}.", option));
}

void print(const std::string& text) {
  fmt::print("{}\n", text);
  std::fflush(stdout);
}

std::unexpected<Problem> database_failure(const pg::Error& error) {
  return failure(fmt::format("The database says: {} {}", error.message, error.detail));
}

std::optional<Problem> unknown_command(const CLI::App& app) {
  std::string known = "pixelpim";
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    known += " " + at->get_name();
  }
  const std::vector<std::string> rest = app.remaining(true);
  const auto word = std::ranges::find_if(rest, [](const std::string& each) { return !each.starts_with('-'); });
  const bool takes_commands = !at->get_subcommands([](const CLI::App*) { return true; }).empty();
  if (!takes_commands || word == rest.end()) return std::nullopt;
  return Problem{.message = fmt::format("There is no command \"{}\".", *word),
                 .remedy = fmt::format("`{} --help` lists the commands.", known)};
}

}  // namespace pim::cli
