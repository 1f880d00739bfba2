#include "net/smtp.hpp"

#include <curl/curl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <string_view>

#include "base/sha256.hpp"

namespace pim::net {
namespace {

constexpr long connect_seconds = 10, send_seconds = 60;

// "Shop <a@b.c>" → "a@b.c"
std::string_view address_of(std::string_view from) {
  const std::size_t open = from.rfind('<');
  if (open == std::string_view::npos || !from.ends_with('>')) return from;
  return from.substr(open + 1, from.size() - open - 2);
}

// A body with its type, its lines ended by CRLF.
void append_part(std::string& out, std::string_view type, std::string_view body) {
  out += fmt::format("Content-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n", type);
  for (const char c : body) {
    if (c == '\n') out += '\r';
    out += c;
  }
}

// A subject may hold what ASCII does not (RFC 2047).
std::string encoded(const std::string& subject) {
  if (std::ranges::all_of(subject, [](char c) { return c >= ' ' && c <= '~'; })) return subject;
  std::string text;
  for (const char c : subject) text += fmt::format("={:02X}", static_cast<unsigned char>(c));
  return fmt::format("=?utf-8?Q?{}?=", text);
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

// Does what the handle is set up for; the Problem is what the server said.
Result<void> talk(CURL* handle, const SmtpServer& server) {
  address(handle, server);
  std::string trouble(CURL_ERROR_SIZE, '\0');
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, trouble.data());
  const CURLcode code = curl_easy_perform(handle);
  if (code == CURLE_OK) return {};
  trouble.resize(std::min(trouble.find('\0'), trouble.size()));
  return failure(trouble.empty() ? curl_easy_strerror(code) : trouble);
}

}  // namespace

// The id makes a mail that was sent twice, after a crash, the same mail for who gets it.
std::string written(const SmtpServer& server, const Message& message) {
  const std::string_view from = address_of(server.from);
  std::string text = fmt::format(
      "Date: {:%a, %d %b %Y %H:%M:%S} +0000\r\nFrom: {}\r\nTo: <{}>\r\nSubject: {}\r\nMessage-ID: <pixelpim-{}@{}>\r\n"
      "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n",
      fmt::gmtime(std::time(nullptr)), server.from, message.recipient, encoded(message.subject), message.id,
      from.substr(std::min(from.find('@') + 1, from.size())));
  if (message.html.empty()) {
    append_part(text, "plain", message.body);
    return text;
  }
  const std::string boundary = "pixelpim-" + sha256_of(message.body + message.html).substr(0, 32);
  text += fmt::format("Content-Type: multipart/alternative; boundary=\"{}\"\r\n\r\n--{}\r\n", boundary, boundary);
  append_part(text, "plain", message.body);
  text += fmt::format("\r\n--{}\r\n", boundary);
  append_part(text, "html", message.html);
  text += fmt::format("\r\n--{}--\r\n", boundary);
  return text;
}

Result<void> send(const SmtpServer& server, const Message& message) {
  const Handle handle(curl_easy_init(), curl_easy_cleanup);
  const List recipients(curl_slist_append(nullptr, message.recipient.c_str()), curl_slist_free_all);
  if (!handle || !recipients) return failure("out of memory");
  const std::string text = written(server, message);
  Source source{text};
  curl_easy_setopt(handle.get(), CURLOPT_MAIL_FROM, fmt::format("<{}>", address_of(server.from)).c_str());
  curl_easy_setopt(handle.get(), CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(handle.get(), CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_READFUNCTION, &Source::read);
  curl_easy_setopt(handle.get(), CURLOPT_READDATA, &source);
  return talk(handle.get(), server);
}

Result<void> greet(const SmtpServer& server) {
  const Handle handle(curl_easy_init(), curl_easy_cleanup);
  if (!handle) return failure("out of memory");
  curl_easy_setopt(handle.get(), CURLOPT_CUSTOMREQUEST, "NOOP");
  curl_easy_setopt(handle.get(), CURLOPT_NOBODY, 1L);
  return talk(handle.get(), server);
}

}  // namespace pim::net
