// Hands mails to an SMTP server.
#pragma once

#include <cstdint>
#include <string>

#include "base/problem.hpp"
#include "config/smtp.hpp"

namespace pim::jobs {

using config::SmtpServer;

struct Message {
  std::int64_t id;
  std::string recipient, subject, body;
};

// Sends it, within a minute. The Problem says what the server did not like. Blocks: never on an event loop.
Result<void> send(const SmtpServer& server, const Message& message);

}  // namespace pim::jobs
