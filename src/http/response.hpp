// What a handler answers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/task.hpp"
#include "base/problem.hpp"

namespace pim::http {

// A body that is made while it is sent: an export, a file, a stream of events.
//
//   class Lines final : public BodyStream {
//     Task<Result<std::string_view>> next() override {
//       piece_.clear();
//       …                                            // co_await what is needed for the next 16 to 256 KiB
//       co_return piece_;                            // "" at the end
//     }
//     std::string piece_;
//   };
//   co_return Response::streamed("text/csv; charset=utf-8", std::make_unique<Lines>(…));
//
// `next` is called when the client took the piece before, so nothing piles up, on the thread of the request. The first
// piece is made before the answer begins: a Problem of it is answered as any other; one that comes later cuts the
// connection, so that nobody takes a part for the whole. A HEAD request makes no piece at all. The object is destroyed
// when all is sent, and as soon as the client is found to be gone: its destructor ends the work behind it. It outlives
// the handler and what was lent to that: it owns what it needs.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  // The next piece, valid until the next call; empty at the end.
  virtual Task<Result<std::string_view>> next() = 0;
  // The server is stopping: a stream that has no end of its own ends at its next piece. Called again and again.
  virtual void drain() {}
};

struct Response {
  int status = 200;
  std::string_view content_type = "application/json; charset=utf-8";  // static storage; "": it is a header
  std::string body;
  std::vector<std::pair<std::string_view, std::string>> headers;  // more of them; names in static storage
  std::unique_ptr<BodyStream> stream{};                           // instead of `body`
  std::optional<std::uint64_t> stream_bytes{};                    // how many it gives, where that is known

  static Response json(std::string body, int status = 200) { return {.status = status, .body = std::move(body)}; }
  static Response text(std::string body, int status = 200) {
    return {.status = status, .content_type = "text/plain; charset=utf-8", .body = std::move(body)};
  }
  // In chunks, or with a Content-Length where the size is known.
  static Response streamed(std::string_view content_type, std::unique_ptr<BodyStream> stream,
                           std::optional<std::uint64_t> bytes = {}) {
    return {.content_type = content_type, .stream = std::move(stream), .stream_bytes = bytes};
  }
  // {"message":"…"}
  static Response message(std::string_view text, int status = 200);
};

// The answer for a problem: {"statusCode","message","error","code","requestId"}, and what `facts` adds.
Response answer_for(const Problem& problem, std::string_view request_id);

}  // namespace pim::http
