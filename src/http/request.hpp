// A request as its handler sees it. Views point into the session's buffer and live as long as the request.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/task.hpp"
#include "base/act.hpp"
#include "base/problem.hpp"
#include "http/caller.hpp"

namespace pim::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options };
std::string_view name_of(Method method) noexcept;

// Gives a request's body piece by piece; the session implements it.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The next piece, valid until the next call; empty at the end. 413 over `bytes_max` in all, 408 when the
  // client stops sending, 400 when the connection ends early.
  virtual Task<Result<std::string_view>> next(std::uint64_t bytes_max) = 0;
};

class Request {
 public:
  Method method = Method::get;
  std::string_view target;          // as sent: "/products?page=2"
  std::string_view path;            // "/products"
  std::string_view query_string;    // "page=2"
  std::string_view remote_address;  // "127.0.0.1"
  std::string id;                   // the request id, ours or the client's
  std::chrono::steady_clock::time_point received;
  Caller caller;  // noted by the gate, for the handler and the log

  // A header's value, or "" where it is absent. Names in lower case.
  std::string_view header(std::string_view lower_case_name) const noexcept;
  // A path parameter, percent-decoded: the `id` of "/products/:id".
  std::string_view param(std::string_view name) const noexcept;
  // A query parameter, decoded; the last one where it is repeated. nullopt where it is absent.
  std::optional<std::string_view> query(std::string_view name) const noexcept;
  std::span<const std::pair<std::string, std::string>> query_parameters() const noexcept { return query_; }

  // The whole body. 413 over `bytes_max`.
  Task<Result<std::string>> read_body(std::uint64_t bytes_max = json_body_bytes_max);
  // The next piece of a body that is streamed; empty at its end.
  Task<Result<std::string_view>> read_some(std::uint64_t bytes_max) { return body_->next(bytes_max); }

  static constexpr std::uint64_t json_body_bytes_max = 100 * 1024;

  // Filled by the session and the router.
  std::vector<std::pair<std::string_view, std::string_view>> headers;  // names in lower case
  // False for an escape that is not one.
  bool set_query(std::string_view text);
  void set_params(std::vector<std::pair<std::string_view, std::string>> params) { params_ = std::move(params); }
  void set_body(BodySource& source) { body_ = &source; }

 private:
  std::vector<std::pair<std::string, std::string>> query_;
  std::vector<std::pair<std::string_view, std::string>> params_;
  BodySource* body_ = nullptr;
};

// The act that a request of `caller` is.
inline Act act_of(const Request& request, const Caller& caller) { return {caller.tenant, caller.user, request.id}; }

}  // namespace pim::http
