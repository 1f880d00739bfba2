#include "ops/notices/notices.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/sha256.hpp"
#include "json/writer.hpp"
#include "net/call.hpp"
#include "net/fetch.hpp"
#include "net/smtp.hpp"
#include "notice_done.hpp"
#include "notice_planned.hpp"
#include "ops/backup/store.hpp"
#include "ops/journal.hpp"
#include "ops/migrate/migrate.hpp"
#include "ops/verify/report.hpp"
#include "sql/ops/notices.hpp"

namespace pim::ops::notices {
namespace {

std::string operation_of(Kind kind) { return fmt::format("notice.{}", name_of(kind)); }

// A template with its facts; those that are missing are collected. `{{` stands in no other place of a template.
std::string filled(std::string_view text, const Facts& facts, std::set<std::string>& missing) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = std::min(text.find("{{", at), text.size());
    out += text.substr(at, open - at);
    if (open == text.size()) break;
    const std::size_t close = text.find("}}", open);
    const std::string name(text.substr(open + 2, close - open - 2));
    const auto fact = facts.find(name);
    if (fact == facts.end() || fact->second.empty()) {
      missing.insert(name);
    } else {
      out += fact->second;
    }
    at = close + 2;
  }
  return out;
}

// The text for those who read HTML: paragraphs, and lists where lines begin with a dash.
std::string html_of(std::string_view text) {
  std::string out = "<!doctype html>\n<html><body style=\"font:15px/1.5 sans-serif\">\n";
  bool in_list = false;
  const auto end_list = [&] {
    if (std::exchange(in_list, false)) out += "</ul>\n";
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string line;
    for (const char c : text.substr(0, end)) {
      line += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("- ")) {
      if (!std::exchange(in_list, true)) out += "<ul>\n";
      out += fmt::format("<li>{}</li>\n", line.substr(2));
      continue;
    }
    end_list();
    out += line.empty() ? "<br>\n" : fmt::format("<div>{}</div>\n", line);
  }
  end_list();
  return out + "</body></html>\n";
}

// What is to be said of the migrations and of the verification, where there is something good to say.
Result<void> add_outcome(Facts& facts, pg::Blocking& connection) {
  const auto wanted = migrate::migrations();
  if (!wanted) return std::unexpected(wanted.error());
  const auto entries = migrate::status(connection, *wanted);
  if (!entries) return std::unexpected(entries.error());
  if (std::ranges::all_of(*entries, [](const auto& each) { return each.state == migrate::State::applied; })) {
    facts["migration"] = fmt::format("Applied successfully ({}, the newest {})", entries->size(), entries->back().name);
  }
  const auto report = verify::find_report(connection, "");
  if (!report || !report->ok() || !report->is_whole()) return {};
  facts["verification"] =
      fmt::format("All tests passed ({} checks, report {})", report->checks.size(), report->hash.substr(0, 12));
  facts["date"] = report->at.substr(0, 10);
  facts["time"] = report->at.substr(11, 5) + " UTC";
  return {};
}

Result<void> post_to_chat(const std::string& url, const Notice& notice) {
  net::Call call{.method = "POST", .url = url, .headers = {"Content-Type: application/json"}};
  json::Object(call.body).add("text", fmt::format("{}\n\n{}", notice.subject, notice.text));
  const auto answer = net::call(call);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status / 100 != 2) return failure(fmt::format("the chat answers with {}", answer->status));
  return {};
}

net::Message message_to(const std::string& recipient, const Notice& notice) {
  return {.id = "notice-" + sha256_of(notice.subject + notice.text + recipient).substr(0, 24),
          .recipient = recipient,
          .subject = notice.subject,
          .body = notice.text,
          .html = notice.html};
}

constexpr std::string_view chat = "chat";  // beside addresses

// One notice on its way, and its entry in the journal.
struct Sending {
  const Notice& notice;
  std::string operation;
  std::int64_t entry = 0;  // 0: it has none yet
  Told told{};

  std::string hash() const { return sha256_of(notice.subject + notice.text); }
  bool has(std::string_view whom) const {
    const auto is_in = [&](const auto& list) { return std::ranges::find(list, whom) != list.end(); };
    return is_in(told.all) || is_in(told.unsure);
  }
};

// Who has it already. The entry of a run that was killed is taken over.
pg::Outcome<void> find_sent(pg::Blocking& connection, Sending& sending) {
  const auto rows = connection.query(std::string(sql::ops::notices::find_sent), {sending.operation, sending.hash()});
  if (!rows) return std::unexpected(rows.error());
  const auto add_new = [&](std::vector<std::string>& list, std::string_view names) {
    for (std::string& each : net::items_of(names)) {
      if (!sending.has(each)) list.push_back(std::move(each));
    }
  };
  for (int i = 0; i < rows->size(); ++i) {
    add_new(sending.told.all, rows->text(i, 1));
    add_new(sending.told.unsure, rows->text(i, 2));
    if (rows->text(i, 3) == "running") sending.entry = rows->number(i, 0);
  }
  return {};
}

// `trying`: whom it is sent to next; what becomes of that is not known until it is written down again.
pg::Outcome<void> write_down(pg::Blocking& connection, Sending& sending, std::string_view state,
                             std::string_view trying) {
  std::string unsure = fmt::format("{}", fmt::join(sending.told.unsure, ", "));
  if (!trying.empty()) unsure += fmt::format("{}{}", unsure.empty() ? "" : ", ", trying);
  std::string detail;
  json::Object(detail)
      .add("to", fmt::format("{}", fmt::join(sending.told.all, ", ")))
      .add("unsure", unsure)
      .add("subject", sending.notice.subject)
      .add("hash", sending.hash())
      .add("operator", backup::this_operator());
  if (sending.entry != 0) return note_again(connection, sending.entry, state, detail);
  auto noted = note(connection, sending.operation, state, detail);
  if (!noted) return std::unexpected(std::move(noted).error());
  sending.entry = *noted;
  return {};
}

}  // namespace

std::string_view name_of(Kind kind) { return kind == Kind::planned ? "planned" : "done"; }

Result<Facts> facts_known(Kind kind, const config::Config& config, pg::Blocking& connection) {
  if (const auto made = make_journal(connection); !made) return operator_failure(made.error());
  Facts facts{{"retention_days", fmt::format("{}", config.retention_days)},
              {"contact", config.contact.empty() ? config.support_email : config.contact}};
  if (kind == Kind::done) {
    if (auto added = add_outcome(facts, connection); !added) return std::unexpected(added.error());
  }
  return facts;
}

Result<Notice> render(Kind kind, const Facts& facts) {
  std::set<std::string> missing;
  const std::string text = filled(kind == Kind::planned ? notice_planned : notice_done, facts, missing);
  if (!missing.empty()) {
    std::string names;
    for (const std::string& name : missing) names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
    return failure(
        fmt::format("The mail is not whole: {} {} missing.", names, missing.size() == 1 ? "is" : "are"),
        missing.contains("verification")
            ? "Run `pixelpim verify`: only what passed is announced."
            : "Say them on the command line (--date, --time, --minutes, --by), or in the settings (contact).");
  }
  constexpr std::string_view header = "Subject: ";
  const std::size_t end = text.find('\n');
  Notice notice{.subject = text.substr(header.size(), end - header.size()), .text = text.substr(end + 2)};
  notice.html = html_of(notice.text);
  return notice;
}

std::string mail_of(const Notice& notice, const config::Config& config, const std::string& recipient) {
  config::SmtpServer server = config.smtp;
  if (server.from.empty()) server.from = "pixelpim@localhost";
  return net::written(server, message_to(recipient, notice));
}

std::string nobody_because(const config::Config& config) {
  const bool has_team = !net::items_of(config.team_mail).empty();
  if (!has_team && config.team_webhook.empty()) return "there is no team (TEAM_MAIL, TEAM_WEBHOOK)";
  if (has_team && config.smtp.host.empty()) return "there is no mail server (SMTP_HOST, SMTP_FROM)";
  return {};
}

Result<Told> send(Kind kind, const Notice& notice, const config::Config& config, pg::Blocking& connection) {
  if (const std::string why = nobody_because(config); !why.empty())
    return failure(fmt::format("Nobody can be told: {}.", why), "Set it, or write the mail with --file.");
  if (const auto made = make_journal(connection); !made) return operator_failure(made.error());
  Sending sending{.notice = notice, .operation = operation_of(kind)};
  if (auto found = find_sent(connection, sending); !found) return operator_failure(found.error());
  std::vector<std::string> recipients = net::items_of(config.team_mail);
  if (!config.team_webhook.empty()) recipients.emplace_back(chat);
  std::string troubles;
  for (const std::string& each : recipients) {
    if (sending.has(each)) continue;
    if (auto noted = write_down(connection, sending, "running", each); !noted) return operator_failure(noted.error());
    const auto outcome =
        each == chat ? post_to_chat(config.team_webhook, notice) : net::send(config.smtp, message_to(each, notice));
    if (outcome) {
      sending.told.sent.push_back(each);
      sending.told.all.push_back(each);
    } else {
      troubles += fmt::format("{}{}: {}", troubles.empty() ? "" : "; ", each, outcome.error().message);
    }
  }
  if (sending.entry != 0) {
    const bool is_told = !sending.told.all.empty() || !sending.told.unsure.empty();
    if (auto noted = write_down(connection, sending, is_told ? "done" : "failed", ""); !noted)
      return operator_failure(noted.error());
  }
  if (!troubles.empty()) {
    return failure("Not everybody was told: " + troubles, "Send it again: who has it already is left out.");
  }
  return std::move(sending.told);
}

}  // namespace pim::ops::notices
