#include "jobs/mail.hpp"

#include <chrono>

#include "observe/log.hpp"
#include "sql/jobs.hpp"

namespace pim::jobs {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds mail_pause = 500ms, mail_pause_without_database = 2s;
constexpr auto tidy_interval = 1min;

}  // namespace

MailSender::MailSender(std::string database_url, config::SmtpServer server)
    : database_url_(std::move(database_url)),
      server_(std::move(server)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void MailSender::wait(const std::stop_token& stop, std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, stop, time, [] { return false; });
}

void MailSender::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    auto connection = pg::Blocking::connect(database_url_, "-c application_name=pixelpim-mail");
    auto tidy_at = std::chrono::steady_clock::now();  // at once, however short a time the machine has been up
    while (connection && !stop.stop_requested() && send_due(*connection, stop)) {
      if (const auto now = std::chrono::steady_clock::now(); now >= tidy_at) {
        tidy_at = now + tidy_interval;
        if (!connection->script(std::string(sql::jobs::tidy_accounts))) break;
      }
      wait(stop, mail_pause);
    }
    wait(stop, mail_pause_without_database);
  }
}

bool MailSender::send_due(pg::Blocking& connection, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    auto claimed = connection.query(std::string(sql::jobs::claim_mail));
    if (!claimed) return false;
    if (claimed->empty()) return true;
    const net::Message message{.id = std::string(claimed->text(0, 0)),
                               .recipient = std::string(claimed->text(0, 1)),
                               .subject = std::string(claimed->text(0, 2)),
                               .body = std::string(claimed->text(0, 3))};
    if (!deliver(connection, message)) return false;
  }
  return true;
}

pg::Outcome<void> MailSender::deliver(pg::Blocking& connection, const net::Message& message) {
  Result<void> sent;
  if (server_.host.empty()) {
    observe::Line(observe::Level::warn, "mail.not_configured")
        .add("recipient", message.recipient)
        .add("subject", message.subject)
        .add("text", message.body);
  } else {
    sent = net::send(server_, message);
    observe::Line line(sent ? observe::Level::info : observe::Level::warn, sent ? "mail.sent" : "mail.failed");
    line.add("mail", message.id);
    if (!sent) line.add("trouble", sent.error().message);
  }
  auto noted = sent ? connection.query(std::string(sql::jobs::finish_mail), {message.id})
                    : connection.query(std::string(sql::jobs::fail_mail), {message.id, sent.error().message});
  if (!noted) return std::unexpected(std::move(noted).error());
  return {};
}

}  // namespace pim::jobs
