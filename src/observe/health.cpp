#include "observe/health.hpp"

#include <chrono>

#include "json/writer.hpp"
#include "sql/observe.hpp"
#include "version.hpp"

namespace pim::observe {
namespace {

struct Pong {
  std::int32_t answer;
};
BOOST_DESCRIBE_STRUCT(Pong, (), (answer))

const pg::Statement<Pong()> ping{"ping", sql::observe::ping};

std::chrono::sys_time<std::chrono::microseconds> now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

http::Response ok(bool has_storage = true) {
  http::Response response;
  json::Object body{response.body};
  body.add("status", "ok").add("timestamp", now()).add("version", version);
  if (!has_storage) body.add("storage", "unavailable");
  body.close();
  return response;
}

Task<Result<http::Response>> live(http::Request&, const http::Caller&) { co_return ok(); }

// The statements were checked against the schema when the program started; what can be missing is the database.
Task<Result<http::Response>> ready(pg::Databases& databases, bool has_storage) {
  auto answer = co_await as_result(databases.here().read(ping));
  if (answer && databases.here().ready()) co_return ok(has_storage);
  co_return std::unexpected(Problem{.status = 503,
                                    .code = "database",
                                    .message = "The database does not answer",
                                    .detail = answer ? "" : answer.error().message,
                                    .retry_after_seconds = 1});
}

}  // namespace

void add_health_routes(http::Router& router, pg::Databases& databases, std::function<std::string()> storage_trouble) {
  using enum http::Method;
  router.add(get, "/health", http::anyone, live);
  router.add(get, "/health/live", http::anyone, live);
  router.add(get, "/health/ready", http::anyone,
             [&databases, trouble = std::move(storage_trouble)](http::Request&, const http::Caller&) {
               return ready(databases, trouble().empty());
             });
}

}  // namespace pim::observe
