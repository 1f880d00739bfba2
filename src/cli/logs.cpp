// pixelpim logs: the log that the server keeps in the state folder.
#include "base/time.hpp"
#include "cli/command.hpp"
#include "observe/log_files.hpp"

namespace pim::cli {
namespace {

struct LogsArguments {
  observe::LogFilter filter;
  std::string since;
  bool follow = false;
};

using Moment = std::chrono::sys_time<std::chrono::microseconds>;

// "90s", "30m", "1h", "2d", or a time.
Result<Moment> moment_of(const std::string& text) {
  if (const auto time = parse_time(text)) return *time;
  const std::string_view units = "smhd";
  const std::size_t unit = text.empty() ? std::string_view::npos : units.find(text.back());
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (unit == std::string_view::npos || error != std::errc{} || end != text.data() + text.size() - 1 || count < 0 ||
      count > 1'000'000) {
    return failure(fmt::format("--since: {} is no time", text), "Write 90s, 30m, 1h or 2d, or 2026-03-01T10:00:00Z.");
  }
  constexpr std::array<std::int64_t, 4> seconds{1, 60, 3'600, 86'400};
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) -
         std::chrono::seconds{count * seconds[unit]};
}

Result<int> show_logs(Session& session, LogsArguments arguments) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  if (!arguments.since.empty()) {
    const auto since = moment_of(arguments.since);
    if (!since) return std::unexpected(since.error());
    arguments.filter.since = *since;
  }
  const auto read = observe::read_log(
      config->state / "logs", arguments.filter, arguments.follow,
      [&](std::string_view line) { print(session.json() ? std::string(line) : observe::readable(line)); });
  if (!read) return std::unexpected(read.error());
  return 0;
}

}  // namespace

void add_logs(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<LogsArguments>();
  CLI::App* command = session.add(app, "logs", "What the server noted: requests, slow statements, failures",
                                  "pixelpim logs --errors --since 1h",
                                  [&session, arguments] { return show_logs(session, *arguments); });
  command->add_flag("--errors", arguments->filter.only_trouble, "Only warnings and errors");
  command->add_option("--since", arguments->since, "From then on: 90s, 30m, 1h, 2d ago, or 2026-03-01T10:00:00Z (all)");
  command->add_option("--request", arguments->filter.request,
                      "Only what was noted of the request with this X-Request-Id");
  command->add_flag("--follow", arguments->follow, "Go on with what is written from now on, until Ctrl-C");
  session.add_json_flag(*command);
}

}  // namespace pim::cli
