#include "http/session.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <array>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_suffix.hpp>
#include <boost/beast/http/error.hpp>

#include "async/awaiting.hpp"
#include "http/gzip.hpp"
#include "http/status.hpp"
#include "observe/log.hpp"
#include "observe/metrics.hpp"

namespace pim::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

constexpr std::size_t read_bytes = 16 * 1024;
constexpr std::uint64_t drained_bytes_max = 256 * 1024;  // of a body that no handler read
constexpr auto linger_time = std::chrono::seconds{2};

using Header = std::pair<std::string_view, std::string>;

// The client's request id, when it is one that can go into logs and headers, else one of ours.
std::string request_id_of(std::string_view sent) {
  constexpr std::size_t size_max = 64;
  const bool sane = !sent.empty() && sent.size() <= size_max && std::ranges::all_of(sent, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
  if (sane) return std::string(sent);
  thread_local std::uint64_t prefix = [] {
    std::uint64_t bytes = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&bytes), sizeof bytes);
    return bytes;
  }();
  thread_local std::uint32_t number = 0;
  return fmt::format("{:016x}{:08x}", prefix, ++number);
}

// The Date header's value, made anew once a second.
std::string_view http_date() {
  thread_local std::time_t made = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != made) {
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 40> buffer{};
    text.assign(buffer.data(), std::strftime(buffer.data(), buffer.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc));
    made = now;
  }
  return text;
}

bool is_in_list(std::string_view list, std::string_view item) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    std::string_view part = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (part == item) return true;
  }
  return false;
}

Problem problem_of(const beast::error_code& error) {
  if (error == beast::http::error::header_limit) {
    return {.status = 431, .code = "headers_too_large", .message = "The request's headers are too large"};
  }
  return {
      .status = 400, .code = "malformed_request", .message = "The request is not valid HTTP/1.1: " + error.message()};
}

bool is_compressible(const Response& response) {
  const std::string_view type = response.content_type;
  const bool is_text =
      type.starts_with("application/json") || type.starts_with("text/") || type.starts_with("application/javascript");
  return is_text && std::ranges::find(response.headers, "Content-Encoding", &Header::first) == response.headers.end();
}

}  // namespace

Session::Session(asio::ip::tcp::socket socket, Site& site) : socket_(std::move(socket)), site_(site) {
  boost::system::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  const auto remote = socket_.remote_endpoint(ignored);
  remote_address_ = remote.address().to_string();
  ++site_.connections;
  observe::change(observe::Gauge::connections, 1);
}

Session::~Session() {
  --site_.connections;
  observe::change(observe::Gauge::connections, -1);
}

// Time is up: whoever waits for the client is woken with an error.
void Session::expire() {
  expired_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Session::drain() {
  if (phase_ == Phase::idle) expire();
  if (stream_ != nullptr) stream_->drain();
}

bool Session::will_close() const {
  return closing_ || site_.draining.load(std::memory_order_relaxed) || !parser_->keep_alive();
}

Task<void> Session::run() {
  for (;;) {
    phase_ = Phase::idle;
    if (!co_await read_head()) break;
    phase_ = Phase::handler;
    never_expire();
    co_await serve();
    if (closing_) {
      co_await linger();
      break;
    }
  }
  boost::system::error_code ignored;
  socket_.close(ignored);
}

// Reading -------------------------------------------------------------------------------------------------------

// False: the connection is at its end.
Task<bool> Session::read_head() {
  parser_.emplace(site_.limits.header_bytes_max);
  continue_sent_ = false;
  request_ = Request{};
  route_ = nullptr;
  input_.erase(0, std::exchange(input_used_, 0));
  expire_in(site_.limits.idle_timeout);
  for (;;) {
    if (!input_.empty() && phase_ == Phase::idle) {
      phase_ = Phase::head;
      expire_in(site_.limits.header_timeout);
    }
    beast::error_code error;
    input_used_ += parser_->feed(std::string_view(input_).substr(input_used_), error);
    if (parser_->has_head()) co_return true;
    if (error && error != beast::http::error::need_more) {
      closing_ = true;
      begin_request({});
      co_await write(answer_for(problem_of(error), request_.id));
      co_await linger();
      co_return false;
    }
    if (!co_await read_more()) {
      if (expired_ && phase_ == Phase::head) {
        closing_ = true;
        begin_request({});
        const Problem slow{.status = 408, .code = "too_slow", .message = "The request did not come in time"};
        co_await write(answer_for(slow, request_.id));
      }
      co_return false;
    }
  }
}

Task<bool> Session::read_more() {
  const std::size_t before = input_.size();
  // Room that is not filled with zeros first.
  input_.resize_and_overwrite(before + read_bytes, [](char*, std::size_t size) { return size; });
  auto [error, size] = co_await socket_.async_read_some(asio::buffer(input_.data() + before, read_bytes), awaiting);
  input_.resize(before + size);
  co_return !error;
}

Task<Result<std::string_view>> Session::next(std::uint64_t bytes_max) {
  const auto too_large = [&] {
    closing_ = true;
    return std::unexpected(Problem{.status = 413,
                                   .code = "body_too_large",
                                   .message = "request entity too large",
                                   .remedy = fmt::format("Send at most {} bytes", bytes_max)});
  };
  parser_->body.clear();
  if (parser_->content_length > bytes_max) co_return too_large();
  if (!parser_->has_all() && !continue_sent_) co_await send_continue();
  phase_ = Phase::body;
  while (!parser_->has_all() && parser_->body.empty()) {
    beast::error_code error;
    input_used_ += parser_->feed(std::string_view(input_).substr(input_used_), error);
    if (parser_->body_bytes > bytes_max) co_return too_large();
    if (!parser_->body.empty() || parser_->has_all()) break;
    if (error && error != beast::http::error::need_more) {
      closing_ = true;
      co_return std::unexpected(problem_of(error));
    }
    input_.erase(0, std::exchange(input_used_, 0));
    // What the parser does not take yet: the head of a chunk, or what comes behind the last one.
    if (input_.size() > site_.limits.header_bytes_max) {
      closing_ = true;
      co_return bad_request("The head of a chunk is too large", "malformed_request");
    }
    expire_in(site_.limits.body_timeout);
    if (!co_await read_more()) {
      closing_ = true;
      co_return std::unexpected(
          expired_ ? Problem{.status = 408, .code = "too_slow", .message = "The body did not come in time"}
                   : Problem{.status = 400, .code = "body_cut", .message = "The connection ended within the body"});
    }
  }
  never_expire();
  phase_ = Phase::handler;
  co_return std::string_view(parser_->body);
}

// A client that asked whether it may send the body is told so when a handler wants it.
Task<Result<void>> Session::send_continue() {
  continue_sent_ = true;
  if (request_.header("expect") != "100-continue" || !parser_->is_http_1_1()) co_return Result<void>{};
  constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  expire_in(site_.limits.write_timeout);
  auto [error, size] = co_await asio::async_write(socket_, asio::buffer(go_on), awaiting);
  if (error) co_return bad_request("The connection ended");
  co_return Result<void>{};
}

// What no handler read of a small body is read and dropped, so that the connection can go on.
Task<bool> Session::drain_body() {
  if (parser_->has_all()) co_return true;
  const bool waits_for_us = !continue_sent_ && !request_.header("expect").empty();
  if (waits_for_us || parser_->content_length > drained_bytes_max) co_return false;
  for (;;) {
    const auto piece = co_await as_result(next(drained_bytes_max));
    if (!piece) co_return false;
    if (piece->empty()) co_return true;
  }
}

// A client that is still sending must get the answer before the connection is reset.
Task<void> Session::linger() {
  if (parser_->has_all() || expired_) co_return;
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  expire_in(linger_time);
  do {
    input_.clear();
  } while (co_await read_more());
}

// Answering -----------------------------------------------------------------------------------------------------

Task<void> Session::serve() {
  request_.received = std::chrono::steady_clock::now();
  request_.remote_address = remote_address_;
  request_.set_body(*this);
  const Charge charge(&cost_);
  Response response = co_await respond();
  if (!closing_ && !co_await drain_body()) closing_ = true;
  if (!co_await write(std::move(response))) closing_ = true;
}

void Session::begin_request(std::string_view sent_id) {
  request_.id = request_id_of(sent_id);
  cost_.begin(request_.id);
}

Task<Response> Session::respond() {
  if (auto described = parser_->describe(request_); !described) {
    begin_request({});
    closing_ = true;
    co_return answer_for(described.error(), request_.id);
  }
  begin_request(request_.header("x-request-id"));
  if (request_.method == Method::options) co_return preflight();
  auto found = site_.router.find(request_.method, request_.path);
  if (!found) co_return answer_for(found.error(), request_.id);
  route_ = found->route;
  request_.set_params(std::move(found->params));

  auto answer = co_await as_result(pass_gate(*route_));
  if (answer) co_return unless_known(*std::move(answer));
  log_failure(answer.error());
  co_return answer_for(answer.error(), request_.id);
}

// A client that has this very state already gets no body.
Response Session::unless_known(Response response) const {
  const std::string_view known = request_.header("if-none-match");
  if (known.empty() || response.status != 200 || (request_.method != Method::get && request_.method != Method::head)) {
    return response;
  }
  const auto tag = std::ranges::find(response.headers, "ETag", &Header::first);
  if (tag == response.headers.end() || !(known == "*" || is_in_list(known, tag->second))) return response;
  return {.status = 304, .body = {}, .headers = {*tag}};
}

// A bug ends its request, and nothing else; the client is not told what it was.
Task<Result<Response>> Session::pass_gate(const Route& route) {
  std::string bug;
  try {
    co_return co_await as_result(site_.gate(request_, route));
  } catch (const std::exception& exception) {
    bug = exception.what();
  } catch (...) {
    bug = "an exception of an unknown kind";
  }
  co_return internal(bug);
}

Response Session::preflight() const {
  Response response = Response::text("");
  response.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS");
  const std::string_view asked = request_.header("access-control-request-headers");
  response.headers.emplace_back("Access-Control-Allow-Headers", asked.empty() ? "*" : std::string(asked));
  response.headers.emplace_back("Access-Control-Max-Age", "600");
  return response;
}

// A listed origin may send credentials; `*` may not, or any page could act for whoever is logged in.
void Session::add_cors(std::string& head) const {
  const std::string_view origin = request_.header("origin");
  if (origin.empty() || site_.cors_origin.empty()) return;
  if (site_.cors_origin == "*") {
    head += "Access-Control-Allow-Origin: *\r\n";
  } else if (is_in_list(site_.cors_origin, origin)) {
    fmt::format_to(std::back_inserter(head),
                   "Access-Control-Allow-Origin: {}\r\nAccess-Control-Allow-Credentials: true\r\nVary: Origin\r\n",
                   origin);
  } else {
    return;
  }
  head += "Access-Control-Expose-Headers: X-Request-Id, ETag, Retry-After\r\n";
}

// `form` is what says how long the body is.
std::string Session::head_for(const Response& response, std::string_view form) {
  std::string head;
  head.reserve(512);
  auto out = std::back_inserter(head);
  fmt::format_to(out, "HTTP/1.1 {} {}\r\nDate: {}\r\nX-Request-Id: {}\r\n", response.status, reason_of(response.status),
                 http_date(), request_.id);
  if (response.status != 304 && !response.content_type.empty()) {
    fmt::format_to(out, "Content-Type: {}\r\n", response.content_type);
  }
  if (response.status != 304) head += form;
  head += "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nReferrer-Policy: no-referrer\r\n";
  add_cors(head);
  for (const auto& [name, value] : response.headers) fmt::format_to(out, "{}: {}\r\n", name, value);
  closing_ = will_close();  // what is said is what is done, though the server begins to drain right after
  head += closing_ ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n";
  return head;
}

// False when the client did not take it.
Task<bool> Session::write(Response response) {
  phase_ = Phase::answer;
  sent_ = 0;
  expired_ = false;
  std::string_view first;
  if (response.stream && request_.method != Method::head) {
    stream_ = response.stream.get();
    const auto made = co_await as_result(make_piece(*response.stream));
    if (made) first = *made;
    if (!made) stream_ = nullptr, response = answer_for(made.error(), request_.id);
  }
  const bool taken = co_await (response.stream ? write_stream(response, first) : write_whole(response));
  stream_ = nullptr;
  log_request(response);
  co_return taken;
}

Task<bool> Session::write_whole(const Response& response) {
  std::optional<std::string> compressed;
  if (response.body.size() >= site_.limits.gzip_bytes_min && is_compressible(response) &&
      accepts_encoding(request_.header("accept-encoding"), "gzip")) {
    compressed = gzip(response.body);
  }
  const std::string& body = compressed ? *compressed : response.body;
  const std::string head =
      head_for(response, fmt::format("Content-Length: {}\r\n{}", body.size(),
                                     compressed ? "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n" : ""));
  const bool without_body = request_.method == Method::head;
  co_return co_await send(
      std::array<asio::const_buffer, 2>{asio::buffer(head), without_body ? asio::const_buffer{} : asio::buffer(body)});
}

// A client of HTTP/1.0 knows no chunks: for it the body ends with the connection.
Task<bool> Session::write_stream(const Response& response, std::string_view first) {
  const bool chunked = !response.stream_bytes && parser_->is_http_1_1();
  if (!response.stream_bytes && !chunked) closing_ = true;
  const std::string form = response.stream_bytes ? fmt::format("Content-Length: {}\r\n", *response.stream_bytes)
                           : chunked             ? "Transfer-Encoding: chunked\r\n"
                                                 : "";
  const std::string head = head_for(response, form);
  if (!co_await send(std::array{asio::buffer(head)})) co_return false;
  if (request_.method == Method::head) co_return true;
  const bool taken = co_await write_pieces(*response.stream, first, chunked);
  if (!taken) cut_off();
  co_return taken;
}

// Writes what `stream` gives, to its end. False: the client did not take it, or it broke off.
Task<bool> Session::write_pieces(BodyStream& stream, std::string_view piece, bool chunked) {
  while (!piece.empty()) {
    const std::string size = chunked ? fmt::format("{:x}\r\n", piece.size()) : std::string();
    const std::string_view end = chunked ? "\r\n" : "";
    if (!co_await send(std::array{asio::buffer(size), asio::buffer(piece), asio::buffer(end)})) co_return false;
    const auto next = co_await as_result(make_piece(stream));
    if (!next || expired_) co_return false;
    piece = *next;
  }
  co_return !chunked || co_await send(std::array{asio::buffer(std::string_view("0\r\n\r\n"))});
}

// A bug in a stream ends its answer, and nothing else.
Task<Result<std::string_view>> Session::make_piece(BodyStream& stream) {
  std::string bug;
  try {
    auto piece = co_await as_result(stream.next());
    if (!piece) log_failure(piece.error());
    co_return piece;
  } catch (const std::exception& exception) {
    bug = exception.what();
  } catch (...) {
    bug = "an exception of an unknown kind";
  }
  auto problem = internal(bug);
  log_failure(problem.error());
  co_return problem;
}

// Sends all of it; each byte that the client takes gives it the whole time again.
template <class Buffers>
Task<bool> Session::send(Buffers buffers) {
  beast::buffers_suffix<Buffers> left(buffers);
  while (beast::buffer_bytes(left) > 0) {
    expire_in(site_.limits.write_timeout);
    auto [error, size] = co_await socket_.async_write_some(left, awaiting);
    never_expire();
    if (error) co_return false;
    sent_ += size;
    left.consume(size);
  }
  co_return true;
}

// Who has a part of a body whose end only the connection tells must not take it for the whole.
void Session::cut_off() {
  closing_ = true;
  boost::system::error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
}

// A failure of ours is in the log, with what the client is not told.
void Session::log_failure(const Problem& problem) const {
  if (problem.status < 500) return;
  observe::Line(problem.status == 503 ? observe::Level::warn : observe::Level::error, "request.failed")
      .add("requestId", request_.id)
      .add("route", route_->pattern)
      .add("status", problem.status)
      .add("code", problem.code)
      .add("detail", problem.detail);
}

void Session::log_request(const Response& response) const {
  const auto time = std::chrono::steady_clock::now() - request_.received;
  observe::count_request(route_ == nullptr ? 0 : route_->number, response.status, time);
  if (!observe::is_logged(observe::Level::info)) return;
  observe::Line line(observe::Level::info, "request");
  line.add("requestId", request_.id).add("method", name_of(request_.method)).add("path", request_.path);
  if (route_ != nullptr) line.add("route", route_->pattern);
  if (request_.caller.user != 0) line.add("user", request_.caller.user).add("tenant", request_.caller.tenant);
  line.add("status", response.status).add("bytes", sent_);
  const auto microseconds = [](auto span) { return std::chrono::floor<std::chrono::microseconds>(span).count(); };
  line.add("microseconds", microseconds(time));
  line.add("statements", cost_.statements()).add("statementMicroseconds", microseconds(cost_.time()));
}

}  // namespace pim::http
