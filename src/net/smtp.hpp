// Hands mails to an SMTP server.
#pragma once

#include <string>

#include "base/problem.hpp"
#include "config/smtp.hpp"

namespace pim::net {

using config::SmtpServer;

struct Message {
  std::string id;  // of the message, without the host: the same for one that is sent twice
  std::string recipient, subject, body;
  std::string html;  // the same for who shows it; empty: text alone
};

// The mail as it is sent.
std::string written(const SmtpServer& server, const Message& message);

// Sends it, within a minute. The Problem says what the server did not like. Blocks: never on an event loop.
Result<void> send(const SmtpServer& server, const Message& message);

// Does it take mails? Talks to it as for one, TLS and log-in too, and sends none.
Result<void> greet(const SmtpServer& server);

}  // namespace pim::net
