// Sends the mails that wait in the database ("Mail"). A mail server that is away delays them, and loses none.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "net/smtp.hpp"
#include "pg/blocking.hpp"

namespace pim::jobs {

// A thread of its own, on a connection of its own, until it is destroyed. Several servers may run one each: a mail is
// claimed by one of them.
class MailSender {
 public:
  MailSender(std::string database_url, config::SmtpServer server);

 private:
  void run(const std::stop_token& stop);
  // Everything that is due; false where the database is away.
  bool send_due(pg::Blocking& connection, const std::stop_token& stop);
  pg::Outcome<void> deliver(pg::Blocking& connection, const net::Message& message);
  void wait(const std::stop_token& stop, std::chrono::milliseconds time);

  std::string database_url_;
  config::SmtpServer server_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace pim::jobs
