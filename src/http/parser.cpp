#include "http/parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

namespace pim::http {
namespace {

namespace beast = boost::beast;

std::optional<Method> method_of(beast::http::verb verb) {
  switch (verb) {
    case beast::http::verb::get:
      return Method::get;
    case beast::http::verb::head:
      return Method::head;
    case beast::http::verb::post:
      return Method::post;
    case beast::http::verb::put:
      return Method::put;
    case beast::http::verb::patch:
      return Method::patch;
    case beast::http::verb::delete_:
      return Method::del;
    case beast::http::verb::options:
      return Method::options;
    default:
      return std::nullopt;
  }
}

// "http://host/path" asks for "/path".
std::string_view without_origin(std::string_view target) {
  const std::size_t scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return target;
  const std::size_t slash = target.find('/', scheme + 3);
  return slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
}

}  // namespace

Parser::Parser(std::size_t header_bytes_max) : head_bytes_max_(header_bytes_max) {
  header_limit(static_cast<std::uint32_t>(header_bytes_max));
  body_limit(boost::none);  // each route has its own
  text_.reserve(512);
  fields_.reserve(16);
}

std::size_t Parser::feed(std::string_view bytes, beast::error_code& error) {
  // Beast 1.81 does not stand it when the last chunk comes in crumbs. No chunked body ends with fewer bytes than these.
  constexpr std::size_t last_chunk = std::string_view("0\r\n\r\n").size();
  if (has_head() && chunked() && !is_done() && bytes.size() < last_chunk) {
    error = beast::http::error::need_more;
    return 0;
  }
  eager(has_head());
  error = {};
  return put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
}

void Parser::on_request_impl(Verb verb, Text, Text target, int version, Error&) {
  verb_ = verb;
  version_ = version;
  text_.assign(target.data(), target.size());
  target_size_ = target.size();
}

// What comes behind the body is of no interest, and the request already points into the text.
void Parser::on_field_impl(beast::http::field, Text name, Text value, Error& error) {
  if (is_header_done()) return;
  // Beast has its limit for each piece that is fed.
  if (text_.size() + name.size() + value.size() > head_bytes_max_) {
    error = beast::http::error::header_limit;
    return;
  }
  const Field field{text_.size(), name.size(), text_.size() + name.size(), value.size()};
  for (const char c : name) text_ += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  text_.append(value.data(), value.size());
  fields_.push_back(field);
}

void Parser::on_body_init_impl(const boost::optional<std::uint64_t>& length, Error&) {
  content_length = length.value_or(0);
}

std::size_t Parser::take(Text bytes) {
  body.append(bytes.data(), bytes.size());
  body_bytes += bytes.size();
  return bytes.size();
}

// Two that read one request in two ways are how requests are smuggled past a proxy.
Result<void> Parser::check_framing(const Request& request) const {
  const auto count = [&](std::string_view name) {
    return std::ranges::count(request.headers, name, &std::pair<std::string_view, std::string_view>::first);
  };
  if (const auto encodings = count("transfer-encoding"); encodings > 0) {
    const std::string_view encoding = request.header("transfer-encoding");
    const bool is_chunked = boost::beast::iequals(Text(encoding.data(), encoding.size()), "chunked");
    if (encodings > 1 || !is_chunked || !is_http_1_1()) {
      return std::unexpected(Problem{
          .status = 501, .code = "transfer_encoding", .message = "Only the transfer encoding chunked is known"});
    }
  }
  if (is_http_1_1() && count("host") != 1) return bad_request("A request has one Host header", "host");
  return {};
}

Result<void> Parser::describe(Request& request) const {
  const auto method = method_of(verb_);
  if (!method) {
    return std::unexpected(Problem{.status = 501, .code = "method", .message = "This server does not know the method"});
  }
  const std::string_view text = text_;
  request.method = *method;
  request.target = text.substr(0, target_size_);
  request.headers.clear();
  for (const Field& field : fields_) {
    request.headers.emplace_back(text.substr(field.name, field.name_size), text.substr(field.value, field.value_size));
  }
  const std::string_view target = without_origin(request.target);
  const std::size_t question = std::min(target.find('?'), target.size());
  request.path = target.substr(0, question);
  if (!request.set_query(target.substr(std::min(question + 1, target.size())))) {
    return bad_request("The query has a percent sign that begins no escape", "query");
  }
  return check_framing(request);
}

}  // namespace pim::http
