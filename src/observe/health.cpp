#include "observe/health.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "json/writer.hpp"
#include "sql/observe.hpp"
#include "version.hpp"

namespace pim::observe {
namespace {

constexpr std::uintmax_t free_bytes_min = 256ull << 20;

struct Pending {
  std::vector<std::string_view> migrations;
};
BOOST_DESCRIBE_STRUCT(Pending, (), (migrations))

const pg::Statement<Pending(std::vector<std::string_view> migrations)> find_pending{"ready", sql::observe::ready};

std::chrono::sys_time<std::chrono::microseconds> now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

void write_ok(json::Object& body) { body.add("status", "ok").add("timestamp", now()).add("version", version); }

Task<Result<http::Response>> live(http::Request&, const http::Caller&) {
  http::Response response;
  json::Object body{response.body};
  write_ok(body);
  body.close();
  co_return response;
}

std::unexpected<Problem> not_ready(std::string code, std::string message, std::string detail = {}) {
  return std::unexpected(Problem{.status = 503,
                                 .code = std::move(code),
                                 .message = std::move(message),
                                 .detail = std::move(detail),
                                 .retry_after_seconds = 1});
}

bool is_low(const std::filesystem::path& folder) {
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  return !error && space.available < free_bytes_min;
}

Task<Result<http::Response>> ready(const Readiness& readiness) {
  const std::vector<std::string_view> wanted(readiness.migrations.begin(), readiness.migrations.end());
  const auto answer = co_await as_result(readiness.databases.here().read(find_pending, wanted));
  if (!answer) co_return not_ready("database", "The database does not answer", answer.error().message);
  if (!readiness.databases.here().ready()) {
    co_return not_ready("statements", "Connections to the database are being made, and statements prepared");
  }
  const Pending pending = (*answer)[0];
  if (!pending.migrations.empty()) {
    co_return not_ready(
        "migrations",
        fmt::format("The database has not had the migration {}{}; run: pixelpim migrate deploy", pending.migrations[0],
                    pending.migrations.size() > 1 ? fmt::format(" and {} more", pending.migrations.size() - 1)
                                                  : std::string()));
  }
  http::Response response;
  json::Object body{response.body};
  write_ok(body);
  body.add("database", "ok").add("migrations", "ok").add("statements", "ok");
  body.add("disk", std::ranges::any_of(readiness.folders, is_low) ? "low" : "ok");
  if (!readiness.storage_trouble().empty()) body.add("storage", "unavailable");
  body.close();
  co_return response;
}

}  // namespace

void add_health_routes(http::Router& router, Readiness readiness) {
  using enum http::Method;
  router.add(get, "/health", http::anyone, live);
  router.add(get, "/health/live", http::anyone, live);
  router.add(get, "/health/ready", http::anyone,
             [all = std::make_shared<const Readiness>(std::move(readiness))](http::Request&, const http::Caller&) {
               return ready(*all);
             });
}

}  // namespace pim::observe
