#include "jobs/smtp.hpp"

#include <curl/curl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <string_view>

namespace pim::jobs {
namespace {

constexpr long connect_seconds = 10, send_seconds = 60;

// "Shop <a@b.c>" → "a@b.c"
std::string_view address_of(std::string_view from) {
  const std::size_t open = from.rfind('<');
  if (open == std::string_view::npos || !from.ends_with('>')) return from;
  return from.substr(open + 1, from.size() - open - 2);
}

// Lines end in CRLF. The id makes a mail that was sent twice, after a crash, the same mail for who gets it.
std::string written(const SmtpServer& server, const Message& message) {
  const std::string_view from = address_of(server.from);
  std::string text = fmt::format(
      "Date: {:%a, %d %b %Y %H:%M:%S} +0000\r\nFrom: {}\r\nTo: <{}>\r\nSubject: {}\r\nMessage-ID: <pixelpim-{}@{}>\r\n"
      "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
      "Auto-Submitted: auto-generated\r\n\r\n",
      fmt::gmtime(std::time(nullptr)), server.from, message.recipient, message.subject, message.id,
      from.substr(std::min(from.find('@') + 1, from.size())));
  for (const char c : message.body) {
    if (c == '\n') text += '\r';
    text += c;
  }
  return text;
}

struct Source {
  std::string_view left;

  static std::size_t read(char* into, std::size_t size, std::size_t count, void* source) {
    std::string_view& left = static_cast<Source*>(source)->left;
    const std::size_t taken = std::min(left.size(), size * count);
    std::ranges::copy(left.substr(0, taken), into);
    left.remove_prefix(taken);
    return taken;
  }
};

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

void address(CURL* handle, const SmtpServer& server) {
  const bool is_tls = server.security == "tls";
  curl_easy_setopt(handle, CURLOPT_URL,
                   fmt::format("{}://{}:{}", is_tls ? "smtps" : "smtp", server.host, server.port).c_str());
  if (server.security == "starttls") curl_easy_setopt(handle, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
  if (!server.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, server.ca_file.c_str());
  if (!server.user.empty()) {
    curl_easy_setopt(handle, CURLOPT_USERNAME, server.user.c_str());
    curl_easy_setopt(handle, CURLOPT_PASSWORD, server.password.c_str());
  }
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, connect_seconds);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, send_seconds);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
}

}  // namespace

Result<void> send(const SmtpServer& server, const Message& message) {
  const Handle handle(curl_easy_init(), curl_easy_cleanup);
  const List recipients(curl_slist_append(nullptr, message.recipient.c_str()), curl_slist_free_all);
  if (!handle || !recipients) return failure("out of memory");
  const std::string text = written(server, message);
  Source source{text};
  std::string trouble(CURL_ERROR_SIZE, '\0');

  address(handle.get(), server);
  curl_easy_setopt(handle.get(), CURLOPT_MAIL_FROM, fmt::format("<{}>", address_of(server.from)).c_str());
  curl_easy_setopt(handle.get(), CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(handle.get(), CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_READFUNCTION, &Source::read);
  curl_easy_setopt(handle.get(), CURLOPT_READDATA, &source);
  curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, trouble.data());
  const CURLcode code = curl_easy_perform(handle.get());
  if (code == CURLE_OK) return {};
  trouble.resize(std::min(trouble.find('\0'), trouble.size()));
  return failure(trouble.empty() ? curl_easy_strerror(code) : trouble);
}

}  // namespace pim::jobs
