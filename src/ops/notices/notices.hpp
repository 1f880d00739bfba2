// The two mails of a deployment, from its facts: what is planned, and that it is done.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "config/config.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::notices {

enum class Kind : std::uint8_t { planned, done };
std::string_view name_of(Kind kind);

// By name: "date", "time", "minutes", "contact", "name" (who deploys), "retention_days"; of `done` also "migration",
// "verification". `facts_known` gives those that settings and database tell; who calls adds or replaces.
using Facts = std::map<std::string, std::string, std::less<>>;
Result<Facts> facts_known(Kind kind, const config::Config& config, pg::Blocking& connection);

struct Notice {
  std::string subject, text, html;
};
// A Problem that names the facts which are missing, where one is.
Result<Notice> render(Kind kind, const Facts& facts);

// The whole mail, as a file holds it.
std::string mail_of(const Notice& notice, const config::Config& config, const std::string& recipient);

// Why nobody can be told: there is no team, or no mail server. "": somebody can.
std::string nobody_because(const config::Config& config);

struct Told {
  std::vector<std::string> sent;    // now
  std::vector<std::string> all;     // who has it, from earlier runs too
  std::vector<std::string> unsure;  // a run was killed while it told them: they may have it
};
// To each of the team (team_mail) and to its chat (team_webhook). The journal has whom it is sent to before it is, and
// whom it was sent to after: whoever has this very notice, or may have it, is left out.
Result<Told> send(Kind kind, const Notice& notice, const config::Config& config, pg::Blocking& connection);

}  // namespace pim::ops::notices
