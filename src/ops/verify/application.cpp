// Does the program answer, and does its log say nothing bad?
#include <fmt/format.h>

#include <boost/json.hpp>
#include <fstream>

#include "json/reader.hpp"
#include "ops/verify/parts.hpp"
#include "version.hpp"

namespace pim::ops::verify {
namespace {

Checked look_at(const Server& server, std::string_view path, std::string title, std::string remedy) {
  std::string name(path);
  std::ranges::replace(name, '/', '.');
  Checked checked{.name = "application" + name, .title = std::move(title)};
  const auto answer = server.ask("GET", path);
  if (!answer) {
    checked.seen = answer.error().message;
  } else {
    checked.seen = fmt::format("GET {}: {}", path, answer->status);
    if (answer->status == 200) return checked;
    checked.seen += " " + answer->body.substr(0, 200);
  }
  checked.verdict = Verdict::fail;
  checked.remedy = std::move(remedy);
  return checked;
}

Checked look_at_version(const Server& server) {
  Checked checked{.name = "application.version", .title = "The server is the version that was deployed"};
  const auto answer = server.ask_without_token("/health");
  const auto read = answer ? json::read(answer->body) : Result<boost::json::value>(boost::json::value());
  const auto* found = read && read->is_object() ? read->get_object().if_contains("version") : nullptr;
  const std::string served = found != nullptr && found->is_string() ? std::string(found->get_string()) : "unknown";
  checked.seen = fmt::format("the server is {}, this program {}", served, version);
  if (served != version) {
    checked.verdict = Verdict::fail;
    checked.remedy = "Restart the service: the old program serves still. Or name the right server with --url.";
  }
  return checked;
}

Checked look_at_gate(const Server& server) {
  Checked checked{.name = "application.gate", .title = "Nobody reads products without a token"};
  const auto answer = server.ask_without_token("/products");
  checked.seen = answer ? fmt::format("GET /products without a token: {}", answer->status) : answer.error().message;
  if (!answer || answer->status != 401) {
    checked.verdict = Verdict::fail;
    checked.remedy = "Take the service off the network: something in front of it lets everyone in.";
  }
  return checked;
}

// What was logged since the program started last.
Checked look_at_log(const config::Config& config) {
  Checked checked{.name = "application.log", .title = "The log shows no errors"};
  const auto file = config.state / "logs" / "pixelpim.log";
  std::ifstream log(file);
  if (!log) {
    checked.verdict = Verdict::not_applicable;
    checked.seen = fmt::format("there is no {}: the server logs elsewhere", file.string());
    return checked;
  }
  std::string line, last, since = "its beginning";
  std::size_t errors = 0, warnings = 0;
  while (std::getline(log, line)) {
    if (line.contains(R"("event":"server.started")")) {
      errors = warnings = 0;
      since = "the start of the server";
    } else if (line.contains(R"("level":"error")")) {
      ++errors;
      last = line;
    } else if (line.contains(R"("level":"warn")")) {
      ++warnings;
    }
  }
  checked.seen = fmt::format("{} errors, {} warnings since {} in {}", errors, warnings, since, file.string());
  if (errors > 0) {
    checked.verdict = Verdict::fail;
    checked.seen += ": " + last.substr(0, 300);
    checked.remedy = fmt::format("Look at it: grep '\"level\":\"error\"' {}", file.string());
  }
  return checked;
}

}  // namespace

std::vector<Checked> verify_application(const config::Config& config, const Server& server) {
  const std::string remedy = "Look at the log of the server, <state>/logs/pixelpim.log";
  return {look_at(server, "/health", "The service is alive", "Start it, or name its address with --url."),
          look_at(server, "/health/ready", "It reaches its database, and its statements are prepared", remedy),
          look_at_version(server),
          look_at(server, "/products", "Products are listed", remedy),
          look_at(server, "/products/deleted", "The trash is listed", remedy),
          look_at(server, "/assets", "Assets are listed", remedy),
          look_at_gate(server),
          look_at_log(config)};
}

}  // namespace pim::ops::verify
