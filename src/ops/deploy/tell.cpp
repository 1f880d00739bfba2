#include "ops/deploy/tell.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ops/journal.hpp"

namespace pim::ops::deploy {

Checked look_at_mails(const config::Config& config) {
  Checked checked{.name = "team", .title = "Team notified of deployment"};
  const std::string why = notices::nobody_because(config);
  if (!why.empty()) {
    checked.verdict = Verdict::warn;
    checked.seen = fmt::format("no mail is sent: {}", why);
    checked.remedy = "Set team_mail, smtp_host and smtp_from (TEAM_MAIL, SMTP_HOST, SMTP_FROM), or tell them yourself.";
  } else if (config.contact.empty() && config.support_email.empty()) {
    checked.verdict = Verdict::fail;
    checked.seen = "the mails would not be whole: whom to ask is missing";
    checked.remedy = "Set contact (CONTACT).";
  } else {
    checked.seen = fmt::format("a mail when it begins and one when it is done, to {}{}", config.team_mail,
                               config.team_webhook.empty() ? "" : " and the chat");
  }
  return checked;
}

Outcome tell(Context& context, notices::Kind kind) {
  if (const std::string why = notices::nobody_because(context.config); !why.empty())
    return fmt::format("no mail is sent: {}", why);
  auto connection = pg::Blocking::connect(context.url);  // the hand-over may have cost the other one
  if (!connection) return operator_failure(connection.error());
  auto facts = notices::facts_known(kind, context.config, *connection);
  if (!facts) return std::unexpected(std::move(facts).error());
  // Those of its beginning, from the journal: the mail of a run that goes on is the very same.
  const Deployment& deployment = context.deployment;
  facts->insert_or_assign("name", deployment.by);
  if (kind == notices::Kind::planned) {
    facts->insert_or_assign("date", deployment.began.substr(0, 10));
    facts->insert_or_assign("time", deployment.began.substr(11, 5) + " UTC");
    facts->insert_or_assign("minutes", std::to_string(deployment.minutes));
  }
  const auto notice = notices::render(kind, *facts);
  if (!notice) return std::unexpected(notice.error());
  const auto told = notices::send(kind, *notice, context.config, *connection);
  if (!told) return std::unexpected(told.error());
  std::string seen = fmt::format("told: {}", fmt::join(told->all, ", "));
  if (!told->unsure.empty())
    seen += fmt::format("; it was stopped while it told {}: whether that came is not known, and it is not sent twice",
                        fmt::join(told->unsure, ", "));
  return seen;
}

}  // namespace pim::ops::deploy
