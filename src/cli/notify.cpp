// pixelpim notify: the two mails of a deployment.
#include <fstream>

#include "cli/command.hpp"
#include "net/fetch.hpp"
#include "ops/notices/notices.hpp"

namespace pim::cli {
namespace {

namespace notices = ops::notices;

struct NotifyArguments {
  std::string kind, date, time, minutes, by, contact, file;
  bool preview = false, send = false;
};

notices::Facts facts_of(const NotifyArguments& arguments, notices::Facts facts) {
  const std::pair<const char*, const std::string&> said[] = {{"date", arguments.date},
                                                             {"time", arguments.time},
                                                             {"minutes", arguments.minutes},
                                                             {"name", arguments.by},
                                                             {"contact", arguments.contact}};
  for (const auto& [name, value] : said) {
    if (!value.empty()) facts[name] = value;
  }
  return facts;
}

Result<void> write_notice(const std::string& path, const notices::Notice& notice, const config::Config& config) {
  const auto team = net::items_of(config.team_mail);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << notices::mail_of(notice, config, team.empty() ? "team@localhost" : team.front());
  out.close();
  if (!out) return failure(fmt::format("{} can't be written.", path), "Name another file.");
  return {};
}

void print_outcome(const Session& session, const notices::Notice& notice, const notices::Told& told,
                   const NotifyArguments& arguments) {
  if (session.json()) {
    std::string text;
    json::Object(text)
        .add("subject", notice.subject)
        .add("text", notice.text)
        .add("html", notice.html)
        .add("sentTo", told.sent)
        .add("unsure", told.unsure);
    return print(text);
  }
  if (arguments.send) {
    if (!told.unsure.empty())
      print(fmt::format("It was stopped while it told {}: whether that came is not known, and it is not sent twice.",
                        fmt::join(told.unsure, ", ")));
    return print(told.sent.empty() ? "Everybody has it already."
                                   : fmt::format("Sent to {}.", fmt::join(told.sent, ", ")));
  }
  print(fmt::format("Subject: {}\n\n{}", notice.subject, notice.text));
  session.note(arguments.file.empty() ? "Nothing was sent. Say --send to do it." : "Written to " + arguments.file);
}

Result<int> run(const Session& session, const NotifyArguments& arguments) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  const auto kind = arguments.kind == "planned" ? notices::Kind::planned : notices::Kind::done;
  auto known = notices::facts_known(kind, *config, *connection);
  if (!known) return std::unexpected(std::move(known).error());
  const auto notice = notices::render(kind, facts_of(arguments, *std::move(known)));
  if (!notice) return std::unexpected(notice.error());
  if (!arguments.file.empty()) {
    if (auto written = write_notice(arguments.file, *notice, *config); !written) {
      return std::unexpected(written.error());
    }
  }
  notices::Told told;
  if (arguments.send) {
    auto sent = notices::send(kind, *notice, *config, *connection);
    if (!sent) return std::unexpected(std::move(sent).error());
    told = *std::move(sent);
  }
  print_outcome(session, *notice, told, arguments);
  return 0;
}

}  // namespace

void add_notify(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<NotifyArguments>();
  CLI::App* command = session.add(
      app, "notify", "Tell the team of a deployment, by mail and in its chat: shown first, sent with --send",
      "pixelpim notify planned --date 2026-11-28 --time '20:00 UTC' --minutes 10 --by 'Anna Berg' --send",
      [&session, arguments] { return run(session, *arguments); });
  command->add_option("what", arguments->kind, "planned (before it) or done (after it)")
      ->required()
      ->check(CLI::IsMember({"planned", "done"}));
  command->add_option("--date", arguments->date, "When it is");
  command->add_option("--time", arguments->time, "At what time, and of which zone");
  command->add_option("--minutes", arguments->minutes, "How long it takes, about")->check(CLI::PositiveNumber);
  command->add_option("--by", arguments->by, "Your name");
  command->add_option("--contact", arguments->contact, "Whom to ask (the setting contact)");
  CLI::Option* send = command->add_flag("--send", arguments->send, "Send it to team_mail and team_webhook");
  command->add_flag("--preview", arguments->preview, "Only show it (so without --send)")->excludes(send);
  command->add_option("--file", arguments->file, "Write the mail to a file");
  session.add_json_flag(*command);
}

}  // namespace pim::cli
