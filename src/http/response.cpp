#include "http/response.hpp"

#include <fmt/format.h>

#include "http/status.hpp"
#include "json/writer.hpp"

namespace pim::http {

Response Response::message(std::string_view text, int status) {
  Response response{.status = status};
  json::Object(response.body).add("message", text);
  return response;
}

Response answer_for(const Problem& problem, std::string_view request_id) {
  Response response{.status = problem.status};
  json::Object body{response.body};
  if (problem.messages.empty()) {
    body.add("message", problem.message);
  } else {
    body.add("message", problem.messages);
  }
  // The replaced service leaves it out where there is no valid token.
  if (problem.code != "unauthorized") body.add("error", reason_of(problem.status));
  body.add("statusCode", problem.status).add("code", problem.code).add("requestId", request_id);
  if (!problem.remedy.empty()) body.add("remedy", problem.remedy);
  body.add_members(problem.facts);
  body.close();
  if (problem.retry_after_seconds > 0) {
    response.headers.emplace_back("Retry-After", fmt::format("{}", problem.retry_after_seconds));
  }
  if (!problem.allow.empty()) response.headers.emplace_back("Allow", problem.allow);
  return response;
}

}  // namespace pim::http
