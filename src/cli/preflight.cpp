// pixelpim preflight: what is to be true before a deployment.
#include "ops/preflight/preflight.hpp"

#include "cli/command.hpp"

namespace pim::cli {
namespace {

namespace preflight = ops::preflight;

void print_lines(const Session& session, const std::vector<ops::Checked>& lines) {
  std::string text;
  const bool ok = ops::worst_of(lines) != ops::Verdict::fail;
  json::Object out{text};
  out.add("ok", ok);
  {
    json::Array list = out.array("checks");
    for (const ops::Checked& each : lines) {
      list.object()
          .add("name", each.name)
          .add("title", each.title)
          .add("verdict", ops::name_of(each.verdict))
          .add("seen", each.seen)
          .add("remedy", each.remedy);
      if (session.json()) continue;
      print(fmt::format("{:<14}  {}\n                {}", ops::name_of(each.verdict), each.title, each.seen));
      if (!each.remedy.empty()) print(fmt::format("                → {}", each.remedy));
    }
  }
  out.close();
  print(session.json() ? text : ok ? "Nothing stands in the way." : "There is something to do first.");
}

Result<int> check_all(const Session& session) {
  auto site = session.site();
  if (!site) return std::unexpected(std::move(site).error());
  const auto lines = preflight::check(site->config, site->connection);
  if (!lines) return std::unexpected(lines.error());
  print_lines(session, *lines);
  return ops::worst_of(*lines) == ops::Verdict::fail ? 1 : 0;
}

Result<int> review(const Session& session, const std::string& name, const std::string& by) {
  auto site = session.site();
  if (!site) return std::unexpected(std::move(site).error());
  const auto reviewed = preflight::review(site->config, site->connection, name, by);
  if (!reviewed) return std::unexpected(reviewed.error());
  std::string text;
  json::Object(text).add("reviewed", reviewed->name).add("of", reviewed->of).add("by", by);
  print(session.json() ? text : fmt::format("{} reviewed by {}: SHA-256 {}.", reviewed->name, by, reviewed->of));
  return 0;
}

}  // namespace

void add_preflight(CLI::App& app, Session& session) {
  struct PreflightArguments {
    std::string name, by;
    bool reviews = false;
  };
  auto arguments = std::make_shared<PreflightArguments>();
  CLI::App* command = session.add(
      app, "preflight", "What is to be true before a deployment; 1 where something is to be done first",
      "pixelpim preflight --json",
      [&session, arguments] { return arguments->reviews ? Result<int>(session.exit_code) : check_all(session); });
  session.add_json_flag(*command);
  CLI::App* reviewing = session.add(*command, "review", "Say that you have read what will be done, as it is now",
                                    "pixelpim preflight review migration --by 'Anna Berg'", [&session, arguments] {
                                      arguments->reviews = true;
                                      return review(session, arguments->name, arguments->by);
                                    });
  reviewing->add_option("what", arguments->name, "migration, indexes or rollback")
      ->required()
      ->check(CLI::IsMember(preflight::reviews()));
  reviewing->add_option("--by", arguments->by, "Your name")->required();
  session.add_json_flag(*reviewing);
}

}  // namespace pim::cli
