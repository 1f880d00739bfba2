#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

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

TEST(HttpParser, takes_one_length_however_often_it_is_said) {
  for (const char* headers : {"Content-Length: 3", "Content-Length: 3\r\nContent-Length: 3", "Content-Length: 3, 3",
                              "content-length:3", "Content-Length: \t 3 \t", "Content-Length: 003"}) {
    const Outcome outcome = parse("POST / HTTP/1.1\r\nHost: x\r\n" + std::string(headers) + "\r\n\r\nabc");
    EXPECT_TRUE(outcome.has_all) << headers;
    EXPECT_EQ(outcome.body, "abc") << headers;
  }
  for (const char* headers : {"Content-Length:", "Content-Length: ", "Content-Length: 3, 4", "Content-Length: 3,",
                              "Content-Length: ,3", "Content-Length: 3 4", "Content-Length: +3", "Content-Length: 0x3",
                              "Content-Length: 3.0", "Content-Length: 18446744073709551616",
                              "Content-Length: 3\r\ncontent-length: 4", "Content-Length: 0\r\nContent-Length: 3"}) {
    EXPECT_TRUE(parse("POST / HTTP/1.1\r\nHost: x\r\n" + std::string(headers) + "\r\n\r\nabc").is_wrong) << headers;
  }
}

TEST(HttpParser, tells_the_length_that_was_announced) {
  const auto announced = [](std::string_view head) {
    Parser parser(1024);
    beast::error_code error;
    std::size_t taken = parser.feed(head, error);
    parser.feed(head.substr(taken), error);
    return parser.content_length;
  };
  EXPECT_EQ(announced("PUT / HTTP/1.1\r\nContent-Length: 1099511627776\r\n\r\nabc"), 1ULL << 40)
      << "before the body is there";
  EXPECT_EQ(announced("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"), 0U);
}

TEST(HttpParser, refuses_encodings_that_it_does_not_know) {
  for (const char* encoding : {"gzip", "identity", "xchunked", "chunked, gzip", "\"chunked\""}) {
    const Outcome outcome =
        parse("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + std::string(encoding) + "\r\n\r\n0\r\n\r\n");
    EXPECT_TRUE(outcome.is_wrong || outcome.status == 501) << encoding;
  }
  for (const char* headers : {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                              "Transfer-Encoding: chunked\r\ntransfer-encoding: x", "Transfer-Encoding : chunked",
                              "Transfer-Encoding\t: chunked"}) {
    EXPECT_TRUE(parse("POST / HTTP/1.1\r\nHost: x\r\n" + std::string(headers) + "\r\n\r\n0\r\n\r\n").is_wrong)
        << headers;
  }
}

TEST(HttpParser, reads_chunks_as_they_are_counted) {
  const auto read_body = [](std::string_view chunks) {
    return parse("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(chunks));
  };
  EXPECT_EQ(read_body("0\r\n\r\n").body, "");
  EXPECT_EQ(read_body("a\r\n0123456789\r\n0A\r\n0123456789\r\n000\r\n\r\n").body, "01234567890123456789");
  EXPECT_EQ(read_body("2\r\n\r\n\r\n0\r\n\r\n").body, "\r\n") << "line ends within a chunk are data";
  EXPECT_EQ(read_body("3;name=value;q=\"\\\";\"\r\nabc\r\n0\r\nX: trailer\r\n\r\n").body, "abc");
  for (const char* cut : {"", "3", "3\r\n", "3\r\nabc", "3\r\nabc\r\n", "3\r\nabc\r\n0\r\n", "0\r\nX: y\r\n"}) {
    const Outcome outcome = read_body(cut);
    EXPECT_FALSE(outcome.is_wrong || outcome.has_all) << cut;
  }
  for (const char* wrong :
       {"0x3\r\nabc\r\n0\r\n\r\n", "-3\r\nabc\r\n0\r\n\r\n", "+3\r\nabc\r\n0\r\n\r\n", " 3\r\nabc\r\n0\r\n\r\n",
        "\r\nabc\r\n0\r\n\r\n", "3 \r\nabc\r\n0\r\n\r\n", "g\r\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n",
        "3\r\nab\r\n0\r\n\r\n", "3\r\nabc0\r\n\r\n", "10000000000000003\r\nabc\r\n0\r\n\r\n",
        "3;a\nb\r\nabc\r\n0\r\n\r\n", "3;\r\nabc\r\n0\r\n\r\n", "0\r\nContent-Length: 5\r\n\r\n",
        "0\r\nTransfer-Encoding: chunked\r\n\r\n", "0\r\nno field\r\n\r\n"}) {
    EXPECT_TRUE(read_body(wrong).is_wrong) << wrong;
  }
}

// The head decides which route reads the body, and how much of it: none is taken before.
TEST(HttpParser, stops_behind_the_head) {
  const std::string_view head = "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n";
  const std::string_view chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto& [start, body] : {std::pair{head, "abc"}, std::pair{chunked, "3\r\nabc\r\n0\r\n\r\n"}}) {
    Parser parser(1024);
    beast::error_code error;
    EXPECT_EQ(parser.feed(std::string(start) + body, error), start.size());
    EXPECT_TRUE(parser.has_head());
    EXPECT_FALSE(parser.has_all());
    EXPECT_EQ(parser.body, "");
  }
}

TEST(HttpParser, gives_the_body_piece_by_piece) {
  Parser parser(1024);
  beast::error_code error;
  const std::string_view head = "POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\n";
  EXPECT_EQ(parser.feed(head, error), head.size());
  EXPECT_EQ(parser.feed("abc", error), 3U);
  EXPECT_EQ(parser.body, "abc");
  EXPECT_FALSE(parser.has_all());
  parser.body.clear();
  EXPECT_EQ(parser.feed("defGET", error), 3U) << "what follows is the next request's";
  EXPECT_EQ(parser.body, "def");
  EXPECT_EQ(parser.body_bytes, 6U);
  EXPECT_TRUE(parser.has_all());
}

// What a proxy would cut or join in another way.
TEST(HttpParser, refuses_fields_that_are_none) {
  const std::string zero("A: a\0b", 6);
  for (const std::string& field :
       {std::string(": x"), std::string("A"), std::string("A B: x"), std::string("A\t: x"), std::string("A: a\rB: b"),
        std::string("A: a\nB: b"), std::string("A: \x7F"), zero, std::string("\xC3\xA4: x"), std::string("A(: x")}) {
    EXPECT_TRUE(parse("GET / HTTP/1.1\r\nHost: x\r\n" + field + "\r\n\r\n").is_wrong) << field;
  }
  EXPECT_TRUE(parse("GET / HTTP/1.1\nHost: x\n\n").is_wrong) << "lines that end in LF alone";
  EXPECT_TRUE(parse(std::string("GET /\0 HTTP/1.1\r\n\r\n", 20)).is_wrong);
  EXPECT_TRUE(parse("GET /a\tb HTTP/1.1\r\n\r\n").is_wrong);
  EXPECT_TRUE(parse("GET HTTP/1.1\r\n\r\n").is_wrong);
  EXPECT_TRUE(parse(" GET / HTTP/1.1\r\n\r\n").is_wrong);
  EXPECT_TRUE(parse("GET / http/1.1\r\n\r\n").is_wrong);
  EXPECT_TRUE(parse("GET / HTTP/1.10\r\n\r\n").is_wrong);
}

TEST(HttpParser, gives_each_field_as_it_was_sent) {
  Parser parser(1024);
  beast::error_code error;
  parser.feed("GET /a HTTP/1.1\r\nHOST:shop\r\nX-Two:  1 , 2\t\r\nx-two: 3\r\nX-None:\r\nX-Byte: \xE4\r\n\r\n", error);
  Request request;
  ASSERT_TRUE(parser.describe(request));
  EXPECT_EQ(request.method, Method::get);
  EXPECT_EQ(request.target, "/a");
  ASSERT_EQ(request.headers.size(), 5U);
  EXPECT_EQ(request.header("host"), "shop");
  EXPECT_EQ(request.header("x-two"), "1 , 2") << "without the white space around it; the first of two";
  EXPECT_EQ(request.headers[2].second, "3");
  EXPECT_EQ(request.headers[3], (std::pair<std::string_view, std::string_view>("x-none", "")));
  EXPECT_EQ(request.header("x-byte"), "\xE4");
  EXPECT_EQ(request.header("x-absent"), "");
  ASSERT_TRUE(parser.describe(request)) << "a second time";
  EXPECT_EQ(request.headers.size(), 5U);
}

TEST(HttpParser, knows_the_versions_1_0_and_1_1) {
  for (const auto& [version, is_1_1] : {std::pair{"HTTP/1.0", false}, std::pair{"HTTP/1.1", true}}) {
    Parser parser(1024);
    beast::error_code error;
    parser.feed(std::string("GET / ") + version + "\r\n\r\n", error);
    EXPECT_EQ(parser.is_http_1_1(), is_1_1);
    EXPECT_EQ(parser.keep_alive(), is_1_1) << "what a connection does when nothing is said";
  }
  for (const char* version : {"HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/3.0", "HTTP/11", "HTTP/1"}) {
    EXPECT_TRUE(parse(std::string("GET / ") + version + "\r\n\r\n").is_wrong) << version;
  }
}

// What comes over the network may be anything; the size of the pieces must change nothing.
RC_GTEST_PROP(HttpParser, reads_any_bytes_the_same_from_pieces, ()) {
  const auto parts = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "Host: x\r\n", "\r\n",
                                    "\r", "\n", "3\r\nabc\r\n", "0\r\n\r\n", "abc", " ", ":", "X: y\r\n", "%"));
  std::string text = "POST /a?b=c HTTP/1.1\r\n";
  for (const std::string& part : parts) text += part;
  text += "\r\n\r\n";
  const Outcome whole = parse(text);
  for (const std::size_t size : {1U, 2U, 7U}) {
    Outcome cut = parse(text, size);
    RC_ASSERT(cut.is_wrong == whole.is_wrong);
    if (!whole.has_all) {  // the last crumbs of a body that goes on may wait for what follows
      RC_ASSERT(whole.body.starts_with(cut.body));
      cut.body = whole.body;
    }
    if (!whole.is_wrong) RC_ASSERT(cut == whole);
  }
}

TEST(HttpParser, has_a_limit_for_the_head) {
  const auto head = [](std::size_t bytes) { return "GET / HTTP/1.1\r\nX: " + std::string(bytes, 'x') + "\r\n\r\n"; };
  EXPECT_FALSE(parse(head(900)).is_wrong);
  EXPECT_TRUE(parse(head(1100)).is_wrong);
  EXPECT_TRUE(parse("GET /" + std::string(2000, 'x')).is_wrong) << "also where the line does not end";
  EXPECT_TRUE(parse("GET / HTTP/1.1\r\nX: " + std::string(2000, 'x')).is_wrong) << "nor the field";
  EXPECT_TRUE(parse(head(1100), 1).is_wrong) << "byte by byte";
  EXPECT_TRUE(parse("POST / HTTP/1.1\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'x')).has_all)
      << "the body is not counted";
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 300; ++i) many += "a:\r\n";
  EXPECT_TRUE(parse(many + "\r\n").is_wrong) << "many small fields are large together";
}

TEST(HttpParser, reads_targets_with_an_origin) {
  EXPECT_EQ(parse("GET http://shop/a?b HTTP/1.1\r\nHost: shop\r\n\r\n").path, "/a");
  EXPECT_EQ(parse("GET http://shop HTTP/1.1\r\nHost: shop\r\n\r\n").path, "/");
  EXPECT_EQ(parse("GET /a?next=http://x/y HTTP/1.1\r\nHost: shop\r\n\r\n").query, "next=http://x/y");
  EXPECT_EQ(parse("GET /a?b=%zz HTTP/1.1\r\nHost: shop\r\n\r\n").status, 400);
  EXPECT_EQ(parse("GET /http://x/y HTTP/1.1\r\nHost: shop\r\n\r\n").path, "/http://x/y");
  EXPECT_EQ(parse("GET /a? HTTP/1.1\r\nHost: shop\r\n\r\n").query, "");
  EXPECT_EQ(parse("GET /a?b?c HTTP/1.1\r\nHost: shop\r\n\r\n").query, "b?c");
  EXPECT_EQ(parse("GET /%2e%2e/a HTTP/1.1\r\nHost: shop\r\n\r\n").path, "/%2e%2e/a")
      << "the router decodes, segment by segment";
}

TEST(HttpParser, takes_one_transfer_encoding_and_only_chunked) {
  const auto status = [](const std::string& headers, const std::string& version = "1.1") {
    return parse("POST / HTTP/" + version + "\r\nHost: x\r\n" + headers + "\r\n\r\n0\r\n\r\n").status;
  };
  EXPECT_EQ(status("Transfer-Encoding: Chunked"), 0);
  for (const char* headers :
       {"Transfer-Encoding: gzip, chunked", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: \r\nTransfer-Encoding: gzip", "Transfer-Encoding: ", "Transfer-Encoding: chunked;q=1"}) {
    EXPECT_EQ(status(headers), 501) << headers;
  }
  EXPECT_EQ(status("Transfer-Encoding: chunked", "1.0"), 501);
}

TEST(HttpParser, needs_one_host) {
  EXPECT_EQ(parse("GET / HTTP/1.1\r\nA: x\r\n\r\n").status, 400);
  EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n").status, 400);
  EXPECT_EQ(parse("GET / HTTP/1.0\r\nA: x\r\n\r\n").status, 0);
}

// A request points into its parser: what comes behind the body must not move it.
TEST(HttpParser, takes_nothing_from_behind_the_body) {
  Parser parser(1024);
  std::string held;
  const auto feed = [&](const std::string& text) {
    beast::error_code error;
    held += text;
    for (std::size_t taken = 1; taken > 0 && !parser.has_all();) {
      taken = parser.feed(held, error);
      held.erase(0, taken);
    }
  };
  feed("POST / HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  Request request;
  ASSERT_TRUE(parser.describe(request));
  feed("0\r\nX: " + std::string(900, 'x') + "\r\nAuthorization: other\r\n\r\n");
  EXPECT_TRUE(parser.has_all());
  EXPECT_EQ(request.header("origin"), "https://shop.example");
  Request again;
  ASSERT_TRUE(parser.describe(again));
  EXPECT_EQ(again.header("authorization"), "");
}

// Byte by byte, an empty body ends in a way that Beast does not expect.
TEST(HttpParser, reads_a_last_chunk_that_comes_in_crumbs) {
  const std::string_view head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char* body : {"0\r\n\r\n", "1\r\na\r\n0\r\n\r\n", "000\r\nX: y\r\n\r\n"}) {
    for (std::size_t size = 1; size < 6; ++size) {
      EXPECT_TRUE(parse(std::string(head) + body, size).has_all) << body << size;
    }
  }
}

TEST(HttpParser, counts_a_head_that_comes_field_by_field) {
  Parser parser(1024);
  beast::error_code error;
  std::string held = "GET / HTTP/1.1\r\na";
  for (int i = 0; i < 1000 && (!error || error == beast::http::error::need_more); ++i) {
    held += ": 12345678901234567890\r\na";
    held.erase(0, parser.feed(held, error));
  }
  EXPECT_EQ(error, beast::http::error::header_limit);
}

}  // namespace
}  // namespace pim::http
