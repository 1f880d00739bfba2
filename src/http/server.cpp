#include "http/server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "async/awaiting.hpp"
#include "http/session.hpp"

namespace pim::http {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

constexpr std::string_view too_many =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

Task<void> serve_session(std::unique_ptr<Session> session) { co_await session->run(); }

class TcpServer final : public Server {
 public:
  TcpServer(Runtime& runtime, tcp::acceptor acceptor, const Router& router, Gate gate, Limits limits,
            std::string cors_origin)
      : runtime_(runtime),
        acceptor_(std::move(acceptor)),
        port_(acceptor_.local_endpoint().port()),
        site_{.router = router, .gate = std::move(gate), .limits = limits, .cors_origin = std::move(cors_origin)} {
    for (int thread = 0; thread < runtime.threads(); ++thread) {
      deadlines_.push_back(std::make_unique<Deadlines>(runtime.context(thread)));
    }
  }

  std::uint16_t port() const override { return port_; }

  int keep_socket() override { return ::fcntl(acceptor_.native_handle(), F_DUPFD_CLOEXEC, SD_LISTEN_FDS_START); }

  void start() override {
    for (int thread = 0; thread < runtime_.threads(); ++thread) {
      asio::post(runtime_.context(thread), [this, thread] { deadlines_of(thread).start(); });
    }
    spawn(accept());
  }

  Task<void> drain() override {
    site_.draining = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    const auto began = std::chrono::steady_clock::now(), end = began + site_.limits.drain_timeout;
    asio::steady_timer timer(runtime_.context(0));
    // Again and again: a session may have become idle after it was asked.
    while (site_.connections > 0) {
      const auto now = std::chrono::steady_clock::now();
      const bool force = now >= end;
      if (force || now - began >= site_.limits.last_requests)
        for_each_thread([force](Deadlines& deadlines) { force ? deadlines.expire_all() : deadlines.drain(); });
      timer.expires_after(std::chrono::milliseconds{20});
      co_await timer.async_wait(awaiting);
    }
    for_each_thread([](Deadlines& deadlines) { deadlines.stop(); });
  }

 private:
  Deadlines& deadlines_of(int thread) { return *deadlines_[static_cast<std::size_t>(thread)]; }

  template <class Act>
  void for_each_thread(Act act) {
    for (int thread = 0; thread < runtime_.threads(); ++thread) {
      asio::post(runtime_.context(thread), [this, thread, act] { act(deadlines_of(thread)); });
    }
  }

  // One acceptor hands the sockets out in turn: SO_REUSEPORT would spread a few long-lived ones unevenly.
  Task<void> accept() {
    for (int thread = 0;; thread = (thread + 1) % runtime_.threads()) {
      auto [error, socket] = co_await acceptor_.async_accept(runtime_.context(thread), awaiting);
      if (site_.draining || error == asio::error::operation_aborted) co_return;
      if (error) {  // out of descriptors, or the client went away
        asio::steady_timer timer(runtime_.context(0), std::chrono::milliseconds{50});
        co_await timer.async_wait(awaiting);
      } else if (std::cmp_greater_equal(site_.connections.load(), site_.limits.connections_max)) {
        boost::system::error_code ignored;
        socket.non_blocking(true, ignored);
        socket.write_some(asio::buffer(too_many), ignored);
      } else {
        begin(thread, std::move(socket));
      }
    }
  }

  void begin(int thread, tcp::socket socket) {
    auto session = std::make_unique<Session>(std::move(socket), site_);
    asio::post(runtime_.context(thread), [this, thread, session = std::move(session)]() mutable {
      deadlines_of(thread).watch(*session);
      spawn(serve_session(std::move(session)));
    });
  }

  Runtime& runtime_;
  tcp::acceptor acceptor_;
  std::uint16_t port_;
  Site site_;
  std::vector<std::unique_ptr<Deadlines>> deadlines_;
};

// The socket that this program was started with (LISTEN_FDS, as systemd passes it), which outlives it: who connects
// while it is replaced by another waits.
std::optional<int> inherited_socket() {
  constexpr int unset_environment = 1;
  if (sd_listen_fds(unset_environment) < 1) return std::nullopt;
  return SD_LISTEN_FDS_START;
}

Result<tcp::acceptor> inherit(Runtime& runtime, int descriptor) {
  constexpr int listens = 1;
  const bool is_v6 = sd_is_socket_inet(descriptor, AF_INET6, SOCK_STREAM, listens, 0) > 0;
  if (!is_v6 && sd_is_socket_inet(descriptor, AF_INET, SOCK_STREAM, listens, 0) <= 0) {
    return failure("The socket that was passed to this program (LISTEN_FDS) does not listen on TCP.",
                   "Give it a ListenStream of an address and a port.");
  }
  return tcp::acceptor(runtime.context(0), is_v6 ? tcp::v6() : tcp::v4(), descriptor);
}

Result<tcp::acceptor> bind(Runtime& runtime, const std::string& address, std::uint16_t port) {
  boost::system::error_code error;
  const auto parsed = asio::ip::make_address(address, error);
  if (error) {
    return failure(fmt::format("\"{}\" is no address to listen on.", address),
                   "Use an IP address, such as 127.0.0.1 or 0.0.0.0.");
  }
  const tcp::endpoint endpoint(parsed, port);
  tcp::acceptor acceptor(runtime.context(0));
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use) {
    return failure(
        fmt::format("Port {} is taken by another program.", port),
        fmt::format("Stop that program (`ss -ltnp 'sport = :{}'` names it), or choose another port: --port {}.", port,
                    port + 1));
  }
  if (error == asio::error::access_denied) {
    return failure(fmt::format("This user may not listen on port {}.", port), "Choose a port above 1023: --port 3000.");
  }
  if (error) return failure(fmt::format("Listening on {} port {} failed: {}.", address, port, error.message()));
  return acceptor;
}

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(Runtime& runtime, const std::string& address, std::uint16_t port,
                                               const Router& router, Gate gate, Limits limits,
                                               std::string cors_origin) {
  const auto inherited = inherited_socket();
  auto acceptor = inherited ? inherit(runtime, *inherited) : bind(runtime, address, port);
  if (!acceptor) return std::unexpected(std::move(acceptor).error());
  return std::make_unique<TcpServer>(runtime, *std::move(acceptor), router, std::move(gate), limits,
                                     std::move(cors_origin));
}

}  // namespace pim::http
