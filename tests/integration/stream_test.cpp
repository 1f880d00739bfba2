// Bodies that are made while they are sent: what the client sees, and what becomes of the stream behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>
#include <thread>

#include "async/awaiting.hpp"
#include "http/server.hpp"

namespace pim::http {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

// What the test sees of a stream from outside of the server's thread.
struct Trace {
  std::atomic<int> pieces = 0, alive = 0;
  std::atomic<bool> drained = false;
};

// What to give: so many pieces of so many bytes, and how that goes wrong.
struct Plan {
  int pieces = 3;
  std::size_t bytes = 5;
  int fails_at = -1, throws_at = -1;
  bool endless = false;  // until the server drains
};

class Letters final : public BodyStream {
 public:
  Letters(Plan plan, Trace& trace) : plan_(plan), trace_(trace) { ++trace_.alive; }
  ~Letters() override { --trace_.alive; }

  Task<Result<std::string_view>> next() override {
    const int number = trace_.pieces++;
    if (number == plan_.fails_at) co_return conflict("test", "The stream broke");
    if (number == plan_.throws_at) throw std::runtime_error("a bug");
    if (plan_.endless) {
      boost::asio::steady_timer timer(*context, 5ms);
      co_await timer.async_wait(awaiting);
      if (trace_.drained) co_return std::string_view();
    } else if (number >= plan_.pieces) {
      co_return std::string_view();
    }
    piece_.assign(plan_.bytes, static_cast<char>('a' + number % 26));
    co_return std::string_view(piece_);
  }
  void drain() override { trace_.drained = true; }

  static inline boost::asio::io_context* context = nullptr;

 private:
  Plan plan_;
  Trace& trace_;
  std::string piece_;
};

class Streams : public testing::Test {
 protected:
  void SetUp() override {
    Letters::context = &runtime_.context(0);
    add("/letters", {});
    add("/sized", {}, 15);
    add("/empty", {.pieces = 0});
    add("/fails", {.fails_at = 0});
    add("/breaks", {.fails_at = 2});
    add("/throws", {.throws_at = 1});
    add("/much", {.pieces = 4000, .bytes = 65536});
    add("/endless", {.endless = true});
    Limits limits;
    limits.write_timeout = write_timeout();
    limits.last_requests = last_requests();
    auto server = Server::listen(
        runtime_, "127.0.0.1", 0, router_,
        [this](Request& request, const Route& route) { return pass(request, route); }, limits, "");
    ASSERT_TRUE(server);
    server_ = *std::move(server);
    thread_ = std::thread([this] { runtime_.run(); });
    server_->start();
  }

  virtual std::chrono::milliseconds last_requests() const { return 0ms; }
  virtual std::chrono::seconds write_timeout() const { return 1h; }

  void TearDown() override {
    if (!drained_) drain();
    runtime_.stop();
    thread_.join();
  }

  Task<Result<Response>> pass(Request& request, const Route& route) { return route.handler(request, caller_); }

  void add(std::string_view path, Plan plan, std::optional<std::uint64_t> bytes = {}) {
    router_.add(Method::get, path, anyone, [this, plan, bytes](Request&, const Caller&) -> Task<Result<Response>> {
      co_return Response::streamed("text/plain", std::make_unique<Letters>(plan, trace_), bytes);
    });
  }

  void begin_drain() {
    drained_ = true;
    boost::asio::post(runtime_.context(0), [this] {
      spawn([](Server& server, std::atomic<bool>& flag) -> Task<void> {
        co_await server.drain();
        flag = true;
      }(*server_, is_over_));
    });
  }

  void drain() {
    begin_drain();
    wait_until([&] { return is_over_.load(); });
  }

  template <class Condition>
  static void wait_until(Condition condition) {
    for (int i = 0; i < 30'000 && !condition(); ++i) std::this_thread::sleep_for(2ms);
    EXPECT_TRUE(condition());
  }

  tcp::socket connect() {
    tcp::socket socket(client_);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), server_->port()});
    return socket;
  }

  // One that had an answer, and waits for the next request.
  tcp::socket kept_connection() {
    auto socket = connect();
    send(socket, "GET", "/empty", "1.1", "");
    std::string answer;
    boost::asio::read_until(socket, boost::asio::dynamic_buffer(answer), "\r\n0\r\n\r\n");
    EXPECT_THAT(answer, HasSubstr("Connection: keep-alive"));
    return socket;
  }

  static void send(tcp::socket& socket, std::string_view method, std::string_view path,
                   std::string_view version = "1.1", std::string_view headers = "Connection: close\r\n") {
    boost::asio::write(
        socket, boost::asio::buffer(std::string(method) + " " + std::string(path) + " HTTP/" + std::string(version) +
                                    "\r\nHost: x\r\n" + std::string(headers) + "\r\n"));
  }

  // All that comes until the connection ends, and how it ended.
  static std::pair<std::string, boost::system::error_code> read_all(tcp::socket& socket) {
    std::string text;
    boost::system::error_code error;
    boost::asio::read(socket, boost::asio::dynamic_buffer(text), error);
    return {text, error};
  }

  std::string ask(std::string_view method, std::string_view path, std::string_view version = "1.1") {
    auto socket = connect();
    send(socket, method, path, version);
    return read_all(socket).first;
  }

  Trace trace_;
  Caller caller_;
  Router router_;
  Runtime runtime_{1};
  boost::asio::io_context client_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
  bool drained_ = false;
  std::atomic<bool> is_over_ = false;
};

class ImpatientStreams : public Streams {
 protected:
  std::chrono::seconds write_timeout() const override { return 1s; }
};

// More time for them than any machine takes to get to the end of a test.
class LastRequests : public Streams {
 protected:
  std::chrono::milliseconds last_requests() const override { return 1h; }

  void wait_until_it_accepts_nobody() {
    wait_until([this] {
      tcp::socket socket(client_);
      boost::system::error_code error;
      socket.connect({boost::asio::ip::make_address("127.0.0.1"), server_->port()}, error);
      return error == boost::asio::error::connection_refused;
    });
  }
};

TEST_F(Streams, ComeInChunks) {
  const std::string answer = ask("GET", "/letters");
  EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n5\r\naaaaa\r\n5\r\nbbbbb\r\n5\r\nccccc\r\n0\r\n\r\n"));
  EXPECT_THAT(ask("GET", "/empty"), EndsWith("\r\n\r\n0\r\n\r\n"));
  wait_until([&] { return trace_.alive == 0; });
}

TEST_F(Streams, OfAKnownSizeComeAsTheyAre) {
  const std::string answer = ask("GET", "/sized");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 15\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("Transfer-Encoding")));
  EXPECT_THAT(answer, EndsWith("\r\n\r\naaaaabbbbbccccc"));
}

TEST_F(Streams, LeaveTheConnectionToTheNextRequest) {
  auto socket = connect();
  send(socket, "GET", "/letters", "1.1", "");
  send(socket, "GET", "/letters");
  const std::string text = read_all(socket).first;
  EXPECT_THAT(text, HasSubstr("Connection: keep-alive"));
  EXPECT_THAT(text, HasSubstr("0\r\n\r\nHTTP/1.1 200"));
}

TEST_F(Streams, EndWithTheConnectionForHttp10) {
  const std::string answer = ask("GET", "/letters", "1.0");
  EXPECT_THAT(answer, Not(HasSubstr("Transfer-Encoding")));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\naaaaabbbbbccccc"));
}

TEST_F(Streams, AreNotBegunForHead) {
  EXPECT_THAT(ask("HEAD", "/letters"), EndsWith("\r\n\r\n"));
  EXPECT_THAT(ask("HEAD", "/sized"), HasSubstr("Content-Length: 15\r\n"));
  EXPECT_EQ(trace_.pieces, 0);
  wait_until([&] { return trace_.alive == 0; });
}

TEST_F(Streams, ThatFailAtOnceAreAnsweredAsAnyProblem) {
  const std::string answer = ask("GET", "/fails");
  EXPECT_THAT(answer, HasSubstr("HTTP/1.1 409 "));
  EXPECT_THAT(answer, HasSubstr("The stream broke"));
}

TEST_F(Streams, ThatBreakAreNotTakenForWhole) {
  for (const char* path : {"/breaks", "/throws"}) {
    for (const char* version : {"1.1", "1.0"}) {
      trace_.pieces = 0;
      auto socket = connect();
      send(socket, "GET", path, version);
      const auto [text, error] = read_all(socket);
      EXPECT_THAT(text, Not(HasSubstr("0\r\n\r\n")));
      EXPECT_EQ(error, boost::asio::error::connection_reset) << path << version;
    }
  }
}

TEST_F(Streams, WaitForTheirClient) {
  auto socket = connect();
  send(socket, "GET", "/much");
  wait_until([&] { return trace_.pieces > 0; });
  std::this_thread::sleep_for(300ms);  // the socket's buffers are full by now
  const int made = trace_.pieces;
  EXPECT_LT(made, 400);  // of 4,000
  std::string head;
  boost::asio::read_until(socket, boost::asio::dynamic_buffer(head), "\r\n\r\n");
  const auto [text, error] = read_all(socket);
  EXPECT_EQ(trace_.pieces, 4001);
  EXPECT_GT(head.size() + text.size(), 4000u * 65536u);
}

TEST_F(ImpatientStreams, OfAClientThatTakesNothingEnd) {
  auto socket = connect();
  send(socket, "GET", "/much");
  wait_until([&] { return trace_.alive == 1; });
  wait_until([&] { return trace_.alive == 0; });
  EXPECT_LT(trace_.pieces, 400);
}

TEST_F(Streams, OfAClientThatIsGoneEnd) {
  {
    auto socket = connect();
    send(socket, "GET", "/endless");
    wait_until([&] { return trace_.pieces > 3; });
  }
  wait_until([&] { return trace_.alive == 0; });
  EXPECT_FALSE(trace_.drained);
}

// A busy client is between two requests when the server begins to drain: the next one is answered, and says that it was
// the last.
TEST_F(LastRequests, OfKeptConnectionsAreAnswered) {
  auto socket = kept_connection();
  begin_drain();
  wait_until_it_accepts_nobody();
  std::this_thread::sleep_for(100ms);  // it looks at idle connections every 20 ms
  send(socket, "GET", "/empty", "1.1", "");
  const auto [last, error] = read_all(socket);
  EXPECT_THAT(last, HasSubstr("Connection: close"));
  EXPECT_THAT(last, EndsWith("\r\n\r\n0\r\n\r\n"));
  EXPECT_EQ(error, boost::asio::error::eof);
  wait_until([this] { return is_over_.load(); });
}

TEST_F(Streams, ConnectionsWithoutAnotherRequestAreClosed) {
  auto socket = kept_connection();
  drain();
  EXPECT_EQ(read_all(socket), (std::pair<std::string, boost::system::error_code>{"", boost::asio::error::eof}));
}

TEST_F(Streams, WithoutAnEndEndWithTheServer) {
  auto socket = connect();
  send(socket, "GET", "/endless", "1.1", "");
  wait_until([&] { return trace_.pieces > 3; });
  drain();
  EXPECT_THAT(read_all(socket).first, EndsWith("0\r\n\r\n"));
  EXPECT_EQ(trace_.alive, 0);
}

}  // namespace
}  // namespace pim::http
