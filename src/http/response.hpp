// What a handler answers.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/problem.hpp"

namespace pim::http {

struct Response {
  int status = 200;
  std::string_view content_type = "application/json; charset=utf-8";  // static storage
  std::string body;
  std::vector<std::pair<std::string_view, std::string>> headers;  // more of them; names in static storage

  static Response json(std::string body, int status = 200) { return {.status = status, .body = std::move(body)}; }
  static Response text(std::string body, int status = 200) {
    return {.status = status, .content_type = "text/plain; charset=utf-8", .body = std::move(body)};
  }
  // {"message":"…"}
  static Response message(std::string_view text, int status = 200);
};

// The answer for a problem: {"statusCode","message","error","code","requestId"}, and what `facts` adds.
Response answer_for(const Problem& problem, std::string_view request_id);

}  // namespace pim::http
