// The mail server that mails are handed to.
#pragma once

#include <cstdint>
#include <string>

namespace pim::config {

struct SmtpServer {
  std::string host;  // empty: there is none, and mails go to the log
  std::uint16_t port = 587;
  std::string user, password;         // empty: no log-in
  std::string from;                   // "PixelPim <no-reply@shop.example>"
  std::string security = "starttls";  // or "tls", or "none"
  std::string ca_file;                // certificates to trust instead of the system's
};

}  // namespace pim::config
