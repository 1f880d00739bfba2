#include "ops/deploy/report.hpp"

#include <fmt/format.h>

#include <fstream>

namespace pim::ops::deploy {
namespace {

// A cell of a table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string probed_line(const std::optional<Probed>& probed) {
  if (!probed) return "No server answered before it: there was nothing to probe.";
  return fmt::format("{} requests, each on a connection of its own: {} failed; the longest took {} ms.{}",
                     probed->requests, probed->failures, probed->longest_milliseconds,
                     probed->first_failure.empty() ? "" : " The first failure: " + probed->first_failure);
}

}  // namespace

std::filesystem::path report_file(const config::Config& config, const Deployment& deployment, std::string_view ending) {
  return config.state / "reports" / fmt::format("deployment_{}{}", deployment.entry, ending);
}

Result<void> write_report(const std::filesystem::path& file, const std::string& content) {
  std::error_code ignored;
  std::filesystem::create_directories(file.parent_path(), ignored);
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << content << std::flush;
  if (stream) return {};
  return failure(fmt::format("{} can't be written.", file.string()), "Make room or give the right to write there.");
}

std::string to_markdown(const Deployment& deployment) {
  std::string out = fmt::format(
      "# Deployment {} of PixelPim {}\n\nServer {}; begun at {} by {}; state: {}.\n\n## The checklist\n\n",
      deployment.entry, deployment.version, deployment.server, deployment.began, deployment.by, deployment.state);
  out += "| | | seen |\n| --- | --- | --- |\n";
  for (const Checked& each : deployment.checks)
    out += fmt::format("| {} | {} | {} |\n", name_of(each.verdict), cell(each.title), cell(each.seen));
  out += "\n## The steps\n\n| step | s | what came of it |\n| --- | --- | --- |\n";
  for (const Step& each : deployment.steps)
    out += fmt::format("| {} | {:.1f} | {} |\n", cell(each.title), each.seconds, cell(each.seen));
  out += fmt::format("\n## The service all along\n\n{}\n", probed_line(deployment.probed));
  return out +
         "\n## The way back\n\n`pixelpim rollback quick --confirm` at once; `pixelpim rollback full` altogether.\n";
}

std::vector<std::string> lines_of(const Deployment& deployment) {
  std::vector<std::string> lines;
  for (const Checked& each : deployment.checks) {
    lines.push_back(fmt::format("{:<14}  {}: {}", name_of(each.verdict), each.title, each.seen));
    if (!each.remedy.empty()) lines.push_back(fmt::format("                → {}", each.remedy));
  }
  for (const Step& each : deployment.steps) {
    lines.push_back(
        fmt::format("{} {}{}{}", each.is_done ? "✓" : "·", each.title, each.seen.empty() ? "" : ": ", each.seen));
  }
  if (deployment.probed) lines.push_back("The service all along: " + probed_line(deployment.probed));
  return lines;
}

}  // namespace pim::ops::deploy
