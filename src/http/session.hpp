// One client connection: requests in, answers out, one after the other. Lives on one thread.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string>

#include "async/cost.hpp"
#include "http/deadlines.hpp"
#include "http/parser.hpp"
#include "http/router.hpp"
#include "http/server.hpp"

namespace pim::http {

// What all sessions share, and only read.
struct Site {
  const Router& router;
  Gate gate;
  Limits limits;
  std::string cors_origin;             // "*", or origins with commas between them
  std::atomic<bool> draining = false;  // no more requests on this connection
  std::atomic<int> connections = 0;
};

class Session final : public Deadline, private BodySource {
 public:
  Session(boost::asio::ip::tcp::socket socket, Site& site);
  ~Session() override;

  // Serves the connection until it ends.
  Task<void> run();

  void expire() override;
  void drain() override;

 private:
  enum class Phase : std::uint8_t { idle, head, body, handler, answer };

  void begin_request(std::string_view sent_id);
  Task<bool> read_head();
  Task<bool> read_more();
  Task<void> serve();
  Task<Response> respond();
  Task<Result<Response>> pass_gate(const Route& route);
  Response preflight() const;
  Response unless_known(Response response) const;
  Task<Result<std::string_view>> next(std::uint64_t bytes_max) override;
  Task<Result<void>> send_continue();
  Task<bool> write(Response response);
  Task<bool> write_whole(const Response& response);
  Task<bool> write_stream(const Response& response, std::string_view first);
  Task<bool> write_pieces(BodyStream& stream, std::string_view first, bool chunked);
  Task<Result<std::string_view>> make_piece(BodyStream& stream);
  template <class Buffers>
  Task<bool> send(Buffers buffers);
  void cut_off();
  Task<bool> drain_body();
  Task<void> linger();
  std::string head_for(const Response& response, std::string_view form);
  void add_cors(std::string& head) const;
  void log_failure(const Problem& problem) const;
  void log_request(const Response& response) const;
  bool will_close() const;

  boost::asio::ip::tcp::socket socket_;
  Site& site_;
  std::string remote_address_;
  std::string input_;           // bytes that are read
  std::size_t input_used_ = 0;  // and of these, taken by the parser
  std::optional<Parser> parser_;
  Request request_;
  Cost cost_;  // of the request
  const Route* route_ = nullptr;
  BodyStream* stream_ = nullptr;  // of the answer that is being sent
  std::uint64_t sent_ = 0;        // bytes of this answer
  Phase phase_ = Phase::idle;
  bool expired_ = false, closing_ = false, continue_sent_ = false;
};

}  // namespace pim::http
