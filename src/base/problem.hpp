// What went wrong, as a value: what the caller may know, and what only the log may.
#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

namespace pim {

// A failure that somebody can act on. `status` is the HTTP status that it becomes; the command line
// prints `message` and `remedy` and exits with 1.
struct Problem {
  int status = 500;
  std::string code;                   // stable, for programs: "product.sku_taken"
  std::string message;                // one sentence, for people
  std::vector<std::string> messages;  // validation: one for each wrong field; answered instead of `message`
  std::string remedy;                 // the next step, where there is one
  std::string facts;                  // more members of the JSON answer: "conflict":{…}; empty for none
  std::string detail;                 // private: logged with the request id, never sent
  int retry_after_seconds = 0;        // answered as Retry-After; 0 for none
  std::string allow;                  // of a 405: the methods that there are, answered as Allow
};

template <class T>
using Result = std::expected<T, Problem>;

// The problems that every part has. Each returns what `co_return` and `return` of a Result accept.
inline std::unexpected<Problem> bad_request(std::string message, std::string code = "bad_request") {
  return std::unexpected(Problem{.status = 400, .code = std::move(code), .message = std::move(message)});
}
inline std::unexpected<Problem> invalid(std::vector<std::string> messages) {
  return std::unexpected(Problem{.status = 400, .code = "invalid", .messages = std::move(messages)});
}
inline std::unexpected<Problem> unauthorized(std::string message = "Unauthorized") {
  return std::unexpected(Problem{.status = 401, .code = "unauthorized", .message = std::move(message)});
}
inline std::unexpected<Problem> forbidden(std::string message) {
  return std::unexpected(Problem{.status = 403, .code = "forbidden", .message = std::move(message)});
}
inline std::unexpected<Problem> not_found(std::string message) {
  return std::unexpected(Problem{.status = 404, .code = "not_found", .message = std::move(message)});
}
inline std::unexpected<Problem> conflict(std::string code, std::string message) {
  return std::unexpected(Problem{.status = 409, .code = std::move(code), .message = std::move(message)});
}
inline std::unexpected<Problem> unavailable(std::string detail) {
  return std::unexpected(Problem{.status = 503,
                                 .code = "unavailable",
                                 .message = "The service is not available for a moment. Try again.",
                                 .detail = std::move(detail),
                                 .retry_after_seconds = 1});
}
inline std::unexpected<Problem> internal(std::string detail) {
  return std::unexpected(
      Problem{.status = 500, .code = "internal", .message = "Internal server error", .detail = std::move(detail)});
}
// A failure of an operation on the command line: what happened, and what to do about it.
inline std::unexpected<Problem> failure(std::string message, std::string remedy = {}) {
  return std::unexpected(
      Problem{.status = 500, .code = "failed", .message = std::move(message), .remedy = std::move(remedy)});
}

// The Problem of an error of another kind; each such kind has an overload beside its type.
inline Problem to_problem(Problem problem) { return problem; }

}  // namespace pim
