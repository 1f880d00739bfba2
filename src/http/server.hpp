// The HTTP/1.1 server: one acceptor, sessions on the threads of the runtime.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "async/runtime.hpp"
#include "http/router.hpp"

namespace pim::http {

struct Limits {
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t connections_max = 10'000;
  std::chrono::seconds header_timeout{10};  // from the first byte of a request to the end of its head
  std::chrono::seconds idle_timeout{75};    // between two requests of one connection
  std::chrono::seconds body_timeout{30};    // without a byte of the body
  std::chrono::seconds write_timeout{30};   // without a byte taken by the client
  std::chrono::seconds drain_timeout{20};   // at shutdown, for the requests under way
  // At shutdown: busy clients send the next request on a kept connection, and learn from its answer that it is the last
  // one. Closed at once, it would be cut while that is on its way.
  std::chrono::milliseconds last_requests{250};
  std::size_t gzip_bytes_min = 4 * 1024;  // answers from this size on are compressed, when asked for
};

class Server {
 public:
  // Binds at once, or takes the socket that the program was started with (LISTEN_FDS). A Problem: a taken port, with
  // the next step.
  static Result<std::unique_ptr<Server>> listen(Runtime& runtime, const std::string& address, std::uint16_t port,
                                                const Router& router, Gate gate, Limits limits,
                                                std::string cors_origin);
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;
  // Accepts until `drain` is called.
  virtual void start() = 0;
  // Another descriptor of the listening socket, for who outlives this server: clients wait there meanwhile. -1: none.
  virtual int keep_socket() = 0;
  // Stops accepting, closes idle connections, lets the requests under way end (at most drain_timeout).
  // Resumes when none is left.
  virtual Task<void> drain() = 0;
};

}  // namespace pim::http
