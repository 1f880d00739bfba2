#include "http/multipart.hpp"

#include <algorithm>
#include <optional>

namespace pim::http {
namespace {

constexpr std::string_view media_type = "multipart/form-data";
constexpr std::size_t boundary_bytes_max = 70;  // RFC 2046
constexpr std::size_t head_bytes_max = 8 * 1024;

std::unexpected<Problem> malformed(std::string_view what) {
  return bad_request("The multipart body can't be read: " + std::string(what), "malformed_multipart");
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// Takes a value from the front of `text`: a token, or a quoted text with its escapes taken out.
std::string take_value(std::string_view& text) {
  std::string value;
  if (!text.starts_with('"')) {
    const std::size_t end = std::min(text.find(';'), text.size());
    value = trimmed(text.substr(0, end));
    text.remove_prefix(end);
    return value;
  }
  text.remove_prefix(1);
  while (!text.empty() && !text.starts_with('"')) {
    // Only a quote and a backslash are escaped: older browsers send the backslashes of a path as they are.
    if (text.size() > 1 && text[0] == '\\' && (text[1] == '"' || text[1] == '\\')) text.remove_prefix(1);
    value += text.front();
    text.remove_prefix(1);
  }
  if (!text.empty()) text.remove_prefix(1);
  return value;
}

// A parameter of a header's value: the `b` of `form-data; name="b"`.
std::optional<std::string> parameter(std::string_view value, std::string_view wanted) {
  std::size_t next = value.find(';');
  while (next != std::string_view::npos) {
    value.remove_prefix(next + 1);
    const std::size_t equals = value.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    if (next = value.find(';'); next < equals) continue;  // a word without a value
    const std::string name = lower(trimmed(value.substr(0, equals)));
    value = trimmed(value.substr(equals + 1));
    std::string found = take_value(value);
    if (name == wanted) return found;
    next = value.find(';');
  }
  return std::nullopt;
}

// The value of a field of the part's head, or "".
std::string_view field(std::string_view head, std::string_view wanted) {
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && lower(trimmed(line.substr(0, colon))) == wanted) {
      return trimmed(line.substr(colon + 1));
    }
  }
  return {};
}

// How many bytes at the end of `text` may be the first ones of a `delimiter` that goes on in the next piece.
std::size_t beginning_at_end(std::string_view text, std::string_view delimiter) {
  std::size_t size = std::min(text.size(), delimiter.size() - 1);
  while (!text.ends_with(delimiter.substr(0, size))) --size;
  return size;
}

}  // namespace

Result<MultipartReader> MultipartReader::of(std::string_view content_type) {
  if (trimmed(content_type.substr(0, content_type.find(';'))).size() != media_type.size() ||
      !lower(content_type).starts_with(media_type)) {
    return std::unexpected(
        Problem{.status = 415, .code = "not_multipart", .message = "The body must be multipart/form-data"});
  }
  const auto boundary = parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > boundary_bytes_max) {
    return malformed("its Content-Type names no boundary");
  }
  return MultipartReader(*boundary);
}

Result<void> MultipartReader::feed(std::string_view bytes, Sink& sink) {
  if (!held_.empty()) {
    held_ += bytes;
    bytes = held_;
  }
  for (;;) {
    const auto went_on = step(bytes, sink);
    if (!went_on) return std::unexpected(went_on.error());
    if (!*went_on) break;
  }
  held_ = std::string(bytes);
  return {};
}

Result<bool> MultipartReader::step(std::string_view& bytes, Sink& sink) {
  switch (state_) {
    case State::preamble:
    case State::data:
      return read_data(bytes, sink);
    case State::boundary:
      return read_boundary(bytes);
    case State::head:
      return read_head(bytes, sink);
    case State::end:
      break;
  }
  bytes = {};
  return false;
}

// Up to the next boundary. What is the beginning of one at the end is kept.
Result<bool> MultipartReader::read_data(std::string_view& bytes, Sink& sink) {
  const std::size_t found = bytes.find(delimiter_);
  const bool is_found = found != std::string_view::npos;
  const std::size_t size = is_found ? found : bytes.size() - beginning_at_end(bytes, delimiter_);
  if (state_ == State::data && size > 0) {
    if (auto taken = sink.data(bytes.substr(0, size)); !taken) return std::unexpected(taken.error());
  }
  bytes.remove_prefix(is_found ? size + delimiter_.size() : size);
  if (is_found) state_ = State::boundary;
  return is_found;
}

// Behind a boundary: "--" where it is the last, else the end of its line.
Result<bool> MultipartReader::read_boundary(std::string_view& bytes) {
  if (bytes.starts_with("--")) {
    state_ = State::end;
    return true;
  }
  const std::size_t end = bytes.find("\r\n");
  if (end == std::string_view::npos) {
    if (bytes.size() > head_bytes_max) return malformed("a boundary's line does not end");
    return false;
  }
  if (end > head_bytes_max) return malformed("a boundary's line does not end");
  if (!trimmed(bytes.substr(0, end)).empty()) return malformed("there is text behind a boundary");
  // The line end stays: a part without a head has its empty line right there.
  bytes.remove_prefix(end);
  state_ = State::head;
  return true;
}

Result<bool> MultipartReader::read_head(std::string_view& bytes, Sink& sink) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (bytes.size() > head_bytes_max) return malformed("a part's head is too large");
    return false;
  }
  if (end > head_bytes_max) return malformed("a part's head is too large");
  const std::string_view head = bytes.substr(0, end);
  bytes.remove_prefix(end + 4);
  const std::string_view disposition = field(head, "content-disposition");
  const auto name = parameter(disposition, "name");
  if (lower(trimmed(disposition.substr(0, disposition.find(';')))) != "form-data" || !name)
    return malformed("a part has no name");
  if (auto begun = sink.begin(*name, parameter(disposition, "filename").value_or("")); !begun) {
    return std::unexpected(begun.error());
  }
  state_ = State::data;
  return true;
}

}  // namespace pim::http
