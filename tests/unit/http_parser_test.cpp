#include <gtest/gtest.h>

#include <boost/beast/http/error.hpp>

#include "http/parser.hpp"

namespace pim::http {
namespace {

namespace beast = boost::beast;

struct Outcome {
  bool has_head = false, has_all = false, is_wrong = false;
  std::string body, path, query, host;
  int status = 0;  // of a Problem of the head

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// Feeds `text` in pieces of `size`, as a session does.
Outcome parse(std::string_view text, std::size_t size = 1'000'000, std::size_t header_bytes_max = 1024) {
  Parser parser(header_bytes_max);
  std::string held;
  beast::error_code error;
  while (!text.empty() && !parser.has_all()) {
    held += text.substr(0, size);
    text.remove_prefix(std::min(size, text.size()));
    for (std::size_t taken = 1; taken > 0 && !parser.has_all();) {
      taken = parser.feed(held, error);
      held.erase(0, taken);
      if (error && error != beast::http::error::need_more) return {.has_head = parser.has_head(), .is_wrong = true};
      if (error) break;
    }
  }
  Outcome outcome{.has_head = parser.has_head(), .has_all = parser.has_all(), .body = parser.body};
  Request request;
  if (!outcome.has_head) return outcome;
  if (auto described = parser.describe(request); !described) {
    outcome.status = described.error().status;
  } else {
    outcome.path = request.path;
    outcome.query = request.query_string;
    outcome.host = request.header("host");
  }
  return outcome;
}

TEST(HttpParser, reads_the_same_whatever_the_size_of_the_pieces) {
  const std::string_view plain =
      "POST /products?x=1 HTTP/1.1\r\nHOST: shop\r\nContent-Length: 11\r\n\r\n{\"name\":\"A\"";
  const std::string_view chunked =
      "POST /products?x=1 HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\n{\"nam\r\n6\r\ne\":\"A\"\r\n0\r\n\r\n";
  for (const std::string_view text : {plain, chunked}) {
    const Outcome whole = parse(text);
    EXPECT_TRUE(whole.has_all);
    EXPECT_EQ(whole.body, "{\"name\":\"A\"");
    EXPECT_EQ(whole.path, "/products");
    EXPECT_EQ(whole.host, "shop");
    for (std::size_t size = 1; size < 40; ++size) EXPECT_EQ(parse(text, size), whole) << size;
  }
}

TEST(HttpParser, does_not_take_bytes_of_the_next_request) {
  Parser parser(1024);
  beast::error_code error;
  const std::string_view first = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n", second = "GET /b HTTP/1.1\r\n";
  EXPECT_EQ(parser.feed(std::string(first) + std::string(second), error), first.size());
  EXPECT_TRUE(parser.has_head());
}

// Two that read one request in two ways are how requests are smuggled past a proxy.
TEST(HttpParser, refuses_what_can_be_read_in_two_ways) {
  for (const char* headers :
       {"Content-Length: 3\r\nTransfer-Encoding: chunked", "Content-Length: 3\r\nContent-Length: 4",
        "Content-Length: -1", "Content-Length: 3x", "Content-Length: 99999999999999999999", "Host : x", "a\001b: x",
        "Transfer-Encoding: chunked\r\nContent-Length: 3"}) {
    const Outcome outcome = parse("POST / HTTP/1.1\r\nHost: x\r\n" + std::string(headers) + "\r\n\r\nabc");
    EXPECT_TRUE(outcome.is_wrong || outcome.status >= 400) << headers;
  }
  for (const char* line :
       {"GET  / HTTP/1.1", "GET / HTTP/2.0", "GET /", "\x16\x03\x01", "GET / HTTP/1.1 x", "G(T / HTTP/1.1"}) {
    EXPECT_TRUE(parse(std::string(line) + "\r\nHost: x\r\n\r\n").is_wrong) << line;
  }
  EXPECT_EQ(parse("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n").status, 501);
  EXPECT_EQ(parse("PURGE / HTTP/1.1\r\nHost: x\r\n\r\n").status, 501);
}

TEST(HttpParser, has_a_limit_for_the_head) {
  const auto head = [](std::size_t bytes) { return "GET / HTTP/1.1\r\nX: " + std::string(bytes, 'x') + "\r\n\r\n"; };
  EXPECT_FALSE(parse(head(900)).is_wrong);
  EXPECT_TRUE(parse(head(1100)).is_wrong);
  EXPECT_TRUE(parse("GET /" + std::string(2000, 'x')).is_wrong) << "also where the line does not end";
}

TEST(HttpParser, reads_targets_with_an_origin) {
  EXPECT_EQ(parse("GET http://shop/a?b HTTP/1.1\r\n\r\n").path, "/a");
  EXPECT_EQ(parse("GET http://shop HTTP/1.1\r\n\r\n").path, "/");
  EXPECT_EQ(parse("GET /a?next=http://x/y HTTP/1.1\r\n\r\n").query, "next=http://x/y");
  EXPECT_EQ(parse("GET /a?b=%zz HTTP/1.1\r\n\r\n").status, 400);
}

}  // namespace
}  // namespace pim::http
