// pixelpim doctor: data that stands in the way or contradicts itself.
#include "ops/doctor/doctor.hpp"

#include "cli/command.hpp"

namespace pim::cli {
namespace {

namespace doctor = ops::doctor;

struct DoctorArguments {
  std::string fix;
  std::int64_t undo = 0;
  bool confirm = false, history = false;
};

// Is there something that must not be so?
bool is_broken(const std::vector<doctor::Finding>& findings) {
  return std::ranges::any_of(findings, [](const auto& f) { return f.check->severity == doctor::Severity::broken; });
}

void print_json(const std::vector<doctor::Finding>& findings) {
  std::string text;
  json::Object body{text};
  body.add("ok", !is_broken(findings));
  {
    json::Array list = body.array("findings");
    for (const auto& finding : findings) {
      list.object()
          .add("check", finding.check->name)
          .add("severity", doctor::name_of(finding.check->severity))
          .add("title", finding.check->title)
          .add("total", finding.total)
          .add("rows", finding.rows)
          .add("fix", finding.check->fix)
          .add("advice", finding.check->advice);
    }
  }
  body.close();
  print(text);
}

void print_text(const std::vector<doctor::Finding>& findings) {
  for (const auto& finding : findings) {
    print(fmt::format("{:<8} {}: {} ({})", doctor::name_of(finding.check->severity), finding.check->title,
                      finding.total, finding.check->name));
    for (const std::string& row : finding.rows) print("           " + row);
    if (std::cmp_greater(finding.total, finding.rows.size())) print("           …");
    print(fmt::format("         → {}", finding.check->advice));
    if (!finding.check->fix.empty()) print(fmt::format("         → pixelpim doctor --fix {}", finding.check->fix));
  }
  print(findings.empty()      ? "Nothing contradicts itself."
        : is_broken(findings) ? "There is something to set right."
                              : "Nothing is broken.");
}

Result<int> examine(const Session& session, pg::Blocking& connection) {
  auto findings = doctor::examine(connection);
  if (!findings) return std::unexpected(std::move(findings).error());
  session.json() ? print_json(*findings) : print_text(*findings);
  return is_broken(*findings) ? 1 : 0;
}

Result<int> fix(const Session& session, pg::Blocking& connection, const DoctorArguments& arguments) {
  auto findings = doctor::examine(connection);
  if (!findings) return std::unexpected(std::move(findings).error());
  std::erase_if(*findings, [&](const auto& finding) { return finding.check->fix != arguments.fix; });
  if (!arguments.confirm) {
    session.json() ? print_json(*findings) : print_text(*findings);
    if (!findings->empty()) session.note("Nothing was changed. Say --confirm to do it.");
    return findings->empty() ? 0 : 1;
  }
  if (!session.json()) print_text(*findings);
  auto fixed = doctor::fix(connection, arguments.fix);
  if (!fixed) return std::unexpected(std::move(fixed).error());
  if (session.json()) {
    std::string text;
    json::Object body{text};
    body.add("fixed", fixed->rows).add("entry", fixed->entry).add("planned", fixed->is_planned);
    body.add_raw("deletions", fixed->deletions.empty() ? "[]" : fixed->deletions);
    body.close();
    print(text);
  } else if (fixed->entry == 0) {
    print("There was nothing to do.");
  } else {
    print(fmt::format(
        "{} rows {}. `pixelpim doctor --undo {}` takes it back.", fixed->rows,
        fixed->is_planned ? "are set aside: `pixelpim migrate deploy` moves them to the trash" : "were changed",
        fixed->entry));
    if (!fixed->deletions.empty()) print("In the trash as the deletions " + fixed->deletions + ".");
  }
  return 0;
}

Result<int> undo(const Session& session, pg::Blocking& connection, std::int64_t entry) {
  auto rows = doctor::undo(connection, entry);
  if (!rows) return std::unexpected(std::move(rows).error());
  std::string text;
  json::Object(text).add("undone", entry).add("rows", *rows);
  print(session.json() ? text : fmt::format("Undone: {} rows are as they were.", *rows));
  return 0;
}

Result<int> history(const Session& session, pg::Blocking& connection) {
  auto entries = doctor::history(connection);
  if (!entries) return std::unexpected(std::move(entries).error());
  std::string text;
  {
    json::Object body{text};
    json::Array list = body.array("entries");
    for (const auto& entry : *entries) {
      list.object()
          .add("id", entry.id)
          .add("at", entry.at)
          .add("operation", entry.operation)
          .add("state", entry.state)
          .add("rows", entry.rows);
      if (!session.json()) {
        print(fmt::format("{:>6}  {}  {:<20} {:<8} {} rows", entry.id, entry.at, entry.operation, entry.state,
                          entry.rows));
      }
    }
  }
  if (session.json())
    print(text);
  else if (entries->empty())
    print("The doctor has done nothing here.");
  return 0;
}

Result<int> run(const Session& session, const DoctorArguments& arguments) {
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  if (arguments.history) return history(session, *connection);
  if (arguments.undo > 0) return undo(session, *connection, arguments.undo);
  if (!arguments.fix.empty()) return fix(session, *connection, arguments);
  return examine(session, *connection);
}

}  // namespace

void add_doctor(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<DoctorArguments>();
  CLI::App* command =
      session.add(app, "doctor", "Find data that stands in the way or contradicts itself; 1 where something is broken",
                  "pixelpim doctor --fix duplicates", [&session, arguments] { return run(session, *arguments); });
  session.add_json_flag(*command);
  command->add_option("--fix", arguments->fix, "Set this right: shows its rows first, and does it with --confirm")
      ->check(CLI::IsMember(doctor::fixes()));
  command->add_flag("--confirm", arguments->confirm, "Do what --fix shows");
  command->add_option("--undo", arguments->undo, "Take back what a fix did, by its number")->check(CLI::PositiveNumber);
  command->add_flag("--history", arguments->history, "What was fixed so far");
}

}  // namespace pim::cli
