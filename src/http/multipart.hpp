// Reads multipart/form-data (RFC 7578) from pieces of any size, in constant memory. No I/O here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace pim::http {

class MultipartReader {
 public:
  // What the reader finds. A Problem that one of these gives ends the reading.
  class Sink {
   public:
    virtual ~Sink() = default;
    // A field begins: its name, and the file's name where it is a file.
    virtual Result<void> begin(std::string_view name, std::string_view file_name) = 0;
    // The next bytes of it.
    virtual Result<void> data(std::string_view bytes) = 0;
  };

  // 415 for a content type that is not multipart/form-data, 400 for one without a boundary.
  static Result<MultipartReader> of(std::string_view content_type);

  // Takes the next bytes of the body.
  Result<void> feed(std::string_view bytes, Sink& sink);
  // Has the last boundary come? What follows it is of no interest.
  bool is_complete() const noexcept { return state_ == State::end; }

 private:
  enum class State : std::uint8_t { preamble, boundary, head, data, end };

  explicit MultipartReader(std::string_view boundary) : delimiter_("\r\n--") { delimiter_ += boundary; }
  // Each takes what it can from the front of `bytes`; false where it needs more, or there is nothing to do any more.
  Result<bool> step(std::string_view& bytes, Sink& sink);
  Result<bool> read_data(std::string_view& bytes, Sink& sink);
  Result<bool> read_boundary(std::string_view& bytes);
  Result<bool> read_head(std::string_view& bytes, Sink& sink);

  std::string delimiter_;
  std::string held_ = "\r\n";  // of earlier pieces, not taken yet; the first boundary needs no line end before it
  State state_ = State::preamble;
};

}  // namespace pim::http
