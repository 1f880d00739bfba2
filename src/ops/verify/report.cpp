#include "ops/verify/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/sha256.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"
#include "ops/backup/store.hpp"
#include "ops/journal.hpp"
#include "sql/ops/verify.hpp"

namespace pim::ops::verify {
namespace {

// What a report says of itself, in the order of a reader.
constexpr std::pair<std::string_view, std::string Report::*> facts[] = {
    {"at", &Report::at},
    {"by", &Report::by},
    {"mode", &Report::mode},
    {"server", &Report::server},
    {"version", &Report::version},
    {"database", &Report::database},
    {"newestMigration", &Report::newest_migration},
    {"schemaFingerprint", &Report::schema_fingerprint},
    {"backup", &Report::backup},
    {"backupGrade", &Report::backup_grade},
    {"backupHash", &Report::backup_hash}};
constexpr std::pair<std::string_view, std::vector<Checked> Report::*> lists[] = {{"criteria", &Report::criteria},
                                                                                 {"checks", &Report::checks}};
constexpr Verdict verdicts[] = {Verdict::ok, Verdict::not_applicable, Verdict::warn, Verdict::fail};

// Without hash and signatures: it is what they are of.
std::string body_of(const Report& report) {
  std::string text;
  json::Object out{text};
  out.add("ok", report.ok());
  for (const auto& [name, member] : facts) out.add(name, report.*member);
  for (const auto& [name, member] : lists) {
    json::Array list = out.array(name);
    for (const Checked& each : report.*member) {
      list.object()
          .add("name", each.name)
          .add("title", each.title)
          .add("verdict", name_of(each.verdict))
          .add("seen", each.seen)
          .add("remedy", each.remedy);
    }
  }
  out.close();
  return text;
}

std::string text_at(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

Checked checked_of(const boost::json::object& object) {
  Checked checked{.name = text_at(object, "name"),
                  .title = text_at(object, "title"),
                  .seen = text_at(object, "seen"),
                  .remedy = text_at(object, "remedy")};
  const std::string verdict = text_at(object, "verdict");
  for (const Verdict each : verdicts) {
    if (name_of(each) == verdict) checked.verdict = each;
  }
  return checked;
}

Result<Report> read_report(std::string_view text, std::string_view signatures) {
  const auto read = json::read(text);
  const auto signed_by = json::read(signatures);
  if (!read || !signed_by) return failure("The report in the journal can't be read.", "Run `pixelpim verify` again.");
  Report report;
  for (const auto& [name, member] : facts) report.*member = text_at(read->as_object(), name);
  for (const auto& [name, member] : lists) {
    for (const auto& each : read->at(name).as_array()) (report.*member).push_back(checked_of(each.as_object()));
  }
  for (const auto& each : signed_by->as_array()) {
    const auto& o = each.as_object();
    report.signatures.push_back({text_at(o, "role"), text_at(o, "by"), text_at(o, "at")});
  }
  return report;
}

std::string_view sign_of(Verdict verdict) {
  constexpr std::string_view signs[] = {"✅", "➖", "⚠️", "❌"};
  return signs[static_cast<std::size_t>(verdict)];
}

std::string signature_in(const Report& report, std::string_view role) {
  for (const Signature& each : report.signatures) {
    if (each.role == role) return fmt::format("{}, {}", each.by, each.at);
  }
  return {};
}

// The guide's last lines; what nobody signed yet is a line to sign on.
std::vector<std::pair<std::string, std::string>> sign_off(const Report& report) {
  std::vector<std::pair<std::string, std::string>> lines{{"Deployment Date", report.at},
                                                         {"Deployed By", signature_in(report, "deployed")},
                                                         {"Verified By", signature_in(report, "verified")},
                                                         {"Sign-off", signature_in(report, "signed")}};
  for (auto& [title, text] : lines) {
    if (text.empty()) text = "_______________";
  }
  return lines;
}

std::string escaped_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string escaped_markdown(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '`' || c == '*' || c == '_' || c == '<') escaped += '\\';
    escaped += c == '\n' ? ' ' : c;
  }
  return escaped;
}

std::string table_of_markdown(const std::vector<Checked>& all) {
  std::string text = "| | | seen | to do |\n| --- | --- | --- | --- |\n";
  for (const Checked& each : all) {
    text += fmt::format("| {} | {} | {} | {} |\n", sign_of(each.verdict), escaped_markdown(each.title),
                        escaped_markdown(each.seen), escaped_markdown(each.remedy));
  }
  return text;
}

std::string table_of_html(const std::vector<Checked>& all) {
  std::string text = "<table>\n<tr><th></th><th></th><th>seen</th><th>to do</th></tr>\n";
  for (const Checked& each : all) {
    text += fmt::format("<tr class=\"{}\"><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        each.verdict == Verdict::fail ? "fail" : "", sign_of(each.verdict), escaped_html(each.title),
                        escaped_html(each.seen), escaped_html(each.remedy));
  }
  return text + "</table>\n";
}

}  // namespace

Result<void> keep(pg::Blocking& connection, Report& report) {
  const std::string body = body_of(report);
  report.hash = sha256_of(body);
  std::string detail;
  json::Object(detail).add("hash", report.hash).add("ok", report.ok()).add("report", body);
  if (const auto noted = note(connection, "verify", "done", detail); !noted) return operator_failure(noted.error());
  return {};
}

Result<Report> find_report(pg::Blocking& connection, const std::string& hash) {
  if (const auto made = make_journal(connection); !made) return operator_failure(made.error());
  const auto rows = connection.query(std::string(sql::ops::verify::find_report), {hash});
  if (!rows) return operator_failure(rows.error());
  if (rows->empty()) {
    return failure(hash.empty() ? "Nothing was verified in this database yet." : "There is no report with that hash.",
                   "Run `pixelpim verify`: it makes a report.");
  }
  if (sha256_of(rows->text(0, 0)) != rows->text(0, 1)) {
    return failure("The report in the journal is not what was verified: its hash differs.",
                   "Somebody changed it. Run `pixelpim verify` again.");
  }
  auto report = read_report(rows->text(0, 0), rows->text(0, 2));
  if (report) report->hash = rows->text(0, 1);
  return report;
}

Result<Report> sign(pg::Blocking& connection, const std::string& hash, std::string_view role, const std::string& by) {
  auto report = find_report(connection, hash);
  if (!report) return report;
  if (!report->ok()) {
    return failure(fmt::format("The verification of {} found something that failed: it is not signed.", report->at),
                   "Set it right, and run `pixelpim verify` again. `pixelpim verify report` shows what it is.");
  }
  if (!report->is_whole()) {
    return failure("The last report is of a part only: it is not signed.",
                   "Run `pixelpim verify`: it looks at all of it.");
  }
  if (const std::string before = signature_in(*report, role); !before.empty()) {
    return failure(fmt::format("This report is signed already in the role \"{}\": {}.", role, before));
  }
  const Signature signature{std::string(role), by, backup::now_text()};
  std::string detail;
  json::Object(detail)
      .add("hash", report->hash)
      .add("role", role)
      .add("by", by)
      .add("at", signature.at)
      .add("operator", backup::this_operator());
  if (const auto noted = note(connection, "verify.sign", "done", detail); !noted) {
    return operator_failure(noted.error());
  }
  report->signatures.push_back(signature);
  return report;
}

std::string to_json(const Report& report) {
  std::string text;
  json::Object out{text};
  out.add("ok", report.ok()).add("hash", report.hash).add_raw("report", body_of(report));
  {
    json::Array list = out.array("signatures");
    for (const Signature& each : report.signatures) {
      list.object().add("role", each.role).add("by", each.by).add("at", each.at);
    }
  }
  out.close();
  return text;
}

std::string to_text(const Report& report) {
  std::string text = fmt::format("Verification of {} at {}, as {}\n", report.server, report.at, report.mode);
  const auto add = [&](std::string_view title, const std::vector<Checked>& all) {
    text += fmt::format("\n{}\n", title);
    for (const Checked& each : all) {
      text += fmt::format("{:<14}  {}\n                {}\n", name_of(each.verdict), each.title, each.seen);
      if (!each.remedy.empty()) text += fmt::format("                → {}\n", each.remedy);
    }
  };
  add("Looked at", report.checks);
  add("Success criteria", report.criteria);
  text += "\n";
  for (const auto& [title, line] : sign_off(report)) text += fmt::format("{}: {}\n", title, line);
  return text + fmt::format("Report {}\n", report.hash);
}

std::string to_markdown(const Report& report, std::string_view support) {
  std::string text = fmt::format("# Verification: {}\n\n", report.ok() ? "passed" : "failed");
  for (const auto& [name, member] : facts) {
    text += fmt::format("- {}: {}\n", name, (report.*member).empty() ? "none" : escaped_markdown(report.*member));
  }
  text += fmt::format("- report: {}\n\n## Success criteria\n\n{}\n## Looked at\n\n{}\n## Sign-off\n\n", report.hash,
                      table_of_markdown(report.criteria), table_of_markdown(report.checks));
  for (const auto& [title, line] : sign_off(report)) {
    text += fmt::format("**{}**: {}  \n", title, line.starts_with('_') ? line : escaped_markdown(line));
  }
  text += fmt::format("\nSigned is the report with the SHA-256 {}.\n", report.hash);
  if (!support.empty()) text += fmt::format("\nQuestions: {}\n", support);
  return text;
}

std::string to_html(const Report& report, std::string_view support) {
  std::string text = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Verification "
      "{0}</title><style>body{{font:15px/1.5 "
      "system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 "
      "1rem}}table{{border-collapse:collapse}}td,th{{border-top:"
      "1px solid #ccc;padding:.3rem "
      ".6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}}.fail{{background:#fdd}}"
      "</style></head><body>\n<h1>Verification: {1}</h1>\n<ul>\n",
      escaped_html(report.at), report.ok() ? "passed" : "failed");
  for (const auto& [name, member] : facts) {
    text += fmt::format("<li>{}: {}</li>\n", name, (report.*member).empty() ? "none" : escaped_html(report.*member));
  }
  text += fmt::format("</ul>\n<h2>Success criteria</h2>\n{}<h2>Looked at</h2>\n{}<h2>Sign-off</h2>\n",
                      table_of_html(report.criteria), table_of_html(report.checks));
  for (const auto& [title, line] : sign_off(report)) {
    text += fmt::format("<p><b>{}</b>: {}</p>\n", title, escaped_html(line));
  }
  text += fmt::format("<p>Signed is the report with the SHA-256 {}.</p>\n", report.hash);
  if (!support.empty()) text += fmt::format("<p>Questions: {}</p>\n", escaped_html(support));
  return text + "</body></html>\n";
}

}  // namespace pim::ops::verify
