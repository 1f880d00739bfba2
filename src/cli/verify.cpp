// pixelpim verify: proves a deployment, and has it signed.
#include "ops/verify/verify.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/command.hpp"
#include "ops/backup/database.hpp"
#include "ops/verify/report.hpp"

namespace pim::cli {
namespace {

namespace verify = ops::verify;

struct VerifyArguments {
  std::string part, url, token, folder, by, role = "signed", hash, format = "text";
  bool is_first = false;
};

constexpr verify::Part parts[] = {verify::Part::deployment, verify::Part::database, verify::Part::application,
                                  verify::Part::performance};

// report_<time>.json, .md and .html
Result<void> write_files(const Session& session, const std::filesystem::path& folder, const verify::Report& report,
                         const std::string& support) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::string name = fmt::format("verification_{}", report.at);
  std::erase_if(name, [](char c) { return c == ':' || c == '-'; });
  const std::pair<const char*, std::string> files[] = {{".json", verify::to_json(report)},
                                                       {".md", verify::to_markdown(report, support)},
                                                       {".html", verify::to_html(report, support)}};
  for (const auto& [extension, text] : files) {
    if (auto written = write_file(folder / (name + extension), text, "--report"); !written) return written;
  }
  session.note(fmt::format("Report: {}.md, .html and .json", (folder / name).string()));
  return {};
}

std::string address_of(const config::Config& config, const std::string& url) {
  if (!url.empty()) return url.substr(0, url.find_last_not_of('/') + 1);
  const bool is_everywhere = config.listen == "0.0.0.0" || config.listen == "::";
  return fmt::format("http://{}:{}", is_everywhere ? "127.0.0.1" : config.listen, config.port);
}

std::filesystem::path folder_of(const config::Config& config, const VerifyArguments& arguments) {
  return arguments.folder.empty() ? config.state / "reports" : std::filesystem::absolute(arguments.folder);
}

Result<int> run(const Session& session, const VerifyArguments& arguments) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  auto url = session.database_url(*config);
  if (!url) return std::unexpected(std::move(url).error());
  verify::Request request{
      .server = address_of(*config, arguments.url), .token = arguments.token, .is_first = arguments.is_first};
  if (!arguments.part.empty()) {
    std::erase_if(request.parts, [&](verify::Part part) { return verify::name_of(part) != arguments.part; });
  }
  const auto report = verify::verify(*config, *url, request, [&](const std::string& text) { session.note(text); });
  if (!report) return std::unexpected(report.error());
  print(session.json() ? verify::to_json(*report) : verify::to_text(*report));
  if (auto written = write_files(session, folder_of(*config, arguments), *report, config->support_email); !written) {
    return std::unexpected(written.error());
  }
  return report->ok() ? 0 : 1;
}

Result<int> sign(const Session& session, const VerifyArguments& arguments) {
  auto site = session.site();
  if (!site) return std::unexpected(std::move(site).error());
  const auto report = verify::sign(site->connection, arguments.hash, arguments.role, arguments.by);
  if (!report) return std::unexpected(report.error());
  print(session.json() ? verify::to_json(*report)
                       : fmt::format("{} by {}: the report {}.", arguments.role, arguments.by, report->hash));
  if (auto written = write_files(session, folder_of(site->config, arguments), *report, site->config.support_email);
      !written) {
    return std::unexpected(written.error());
  }
  return 0;
}

Result<int> show(const Session& session, const VerifyArguments& arguments) {
  auto site = session.site();
  if (!site) return std::unexpected(std::move(site).error());
  const auto report = verify::find_report(site->connection, arguments.hash);
  if (!report) return std::unexpected(report.error());
  const std::string& support = site->config.support_email;
  print(session.json() || arguments.format == "json" ? verify::to_json(*report)
        : arguments.format == "markdown"             ? verify::to_markdown(*report, support)
        : arguments.format == "html"                 ? verify::to_html(*report, support)
                                                     : verify::to_text(*report));
  return report->ok() ? 0 : 1;
}

}  // namespace

void add_verify(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<VerifyArguments>();
  auto sub = std::make_shared<bool>(false);
  CLI::App* command = session.add(app, "verify", "Prove a deployment: its trash, database, application and performance",
                                  "pixelpim verify --url https://pim.example.com", [&session, arguments, sub] {
                                    return *sub ? Result<int>(session.exit_code) : run(session, *arguments);
                                  });
  std::vector<std::string> names;
  for (const verify::Part part : parts) names.emplace_back(verify::name_of(part));
  command->add_option("part", arguments->part, "Only this: deployment, database, application or performance")
      ->check(CLI::IsMember(names));
  command->add_option("--url", arguments->url, "The server's address (http://127.0.0.1 and the configured port)");
  command
      ->add_option("--token", arguments->token,
                   "A token or an API key to work with (PIXELPIM_TOKEN); else an account of its own")
      ->envname("PIXELPIM_TOKEN");
  command->add_flag("--first", arguments->is_first, "It is the first deployment: nothing may be in the trash yet");
  command->add_option("--report", arguments->folder, "Where the report goes (<state>/reports)");
  session.add_json_flag(*command);
  const auto add = [&](const char* name, const char* description, const char* example, auto act) {
    CLI::App* each = session.add(*command, name, description, example, [&session, arguments, sub, act] {
      *sub = true;
      return act(session, *arguments);
    });
    session.add_json_flag(*each);
    each->add_option("--hash", arguments->hash, "The report's hash, or its beginning (the last report)");
    return each;
  };
  CLI::App* signing = add("sign", "Sign a report: who answers for it", "pixelpim verify sign --by 'Anna Berg'", sign);
  signing->add_option("--by", arguments->by, "Your name")->required();
  signing->add_option("--role", arguments->role, "deployed, verified or signed")
      ->check(CLI::IsMember({"deployed", "verified", "signed"}))
      ->capture_default_str();
  signing->add_option("--report", arguments->folder, "Where the signed report goes (<state>/reports)");
  CLI::App* showing = add("report", "Print a report again", "pixelpim verify report --format markdown", show);
  showing->add_option("--format", arguments->format, "text, markdown, html or json")
      ->check(CLI::IsMember({"text", "markdown", "html", "json"}))
      ->capture_default_str();
}

}  // namespace pim::cli
