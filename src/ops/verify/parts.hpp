// The parts of a verification, each a list of what was looked at; for verify.cpp alone.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "net/call.hpp"
#include "ops/verify/verify.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::verify {

// The server that is verified, with the token of who asks. What it does is marked in the audit events by the request
// ids.
class Server {
 public:
  Server(std::string address, std::string token) : address_(std::move(address)), token_(std::move(token)) {}
  Result<net::Answer> ask(std::string_view method, std::string_view path, std::string body = {},
                          std::string_view type = "application/json") const;
  Result<net::Answer> ask_without_token(std::string_view path) const;
  const std::string& address() const noexcept { return address_; }

 private:
  std::string address_, token_;
};

// Whose token it is: the given one's, or an account of our own, which goes with all that is left of this run and of
// stopped ones.
class Account {
 public:
  static Result<Account> take(const config::Config& config, pg::Blocking& connection, const Request& request);
  const Server& server() const noexcept { return server_; }
  // Deletes for good what verifications made. Gives what could not be taken away, in words.
  Result<std::string> clear_things();
  // That, and the account.
  Result<std::string> leave();

 private:
  Account(pg::Blocking& connection, Server server, bool is_own)
      : connection_(&connection), server_(std::move(server)), is_own_(is_own) {}
  pg::Blocking* connection_;
  Server server_;
  bool is_own_;
};

// What the products and assets of verifications are called begins with this.
inline constexpr std::string_view mark = "pixelpim-verify-";

Result<std::vector<Checked>> verify_deployment(pg::Blocking& connection, const Server& server);
Result<std::vector<Checked>> verify_database(pg::Blocking& connection, bool is_first);
std::vector<Checked> verify_application(const config::Config& config, const Server& server);
Result<std::vector<Checked>> verify_performance(pg::Blocking& connection);

}  // namespace pim::ops::verify
