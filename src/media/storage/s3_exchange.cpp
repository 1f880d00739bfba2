#include "media/storage/s3_exchange.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>

#include "base/text.hpp"
#include "media/storage/s3_xml.hpp"

namespace pim::media {
namespace {

constexpr std::size_t answer_bytes_max = 4u << 20;  // of an answer that is no file
constexpr long connect_seconds = 4, silent_seconds = 30;

struct FreeEasy {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

// Each thread keeps its connections.
CURL* easy_of_thread() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  thread_local const std::unique_ptr<CURL, FreeEasy> easy{curl_easy_init()};
  curl_easy_reset(easy.get());
  return easy.get();
}

// What curl reads from while it sends.
struct Sending {
  const std::string& text;
  StoredFile* file;
  std::uint64_t offset, size, sent = 0;
  std::string piece;
};

std::size_t send_some(char* bytes, std::size_t, std::size_t room, void* context) {
  auto& sending = *static_cast<Sending*>(context);
  const std::size_t size = std::min<std::uint64_t>(room, sending.size - sending.sent);
  if (size == 0) return 0;
  if (sending.file == nullptr) {
    std::memcpy(bytes, sending.text.data() + sending.sent, size);
  } else {
    if (!sending.file->read(sending.offset + sending.sent, size, sending.piece)) return CURL_READFUNC_ABORT;
    std::memcpy(bytes, sending.piece.data(), size);
  }
  sending.sent += size;
  return size;
}

int send_again(void* context, curl_off_t offset, int) {
  static_cast<Sending*>(context)->sent = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

struct Receiving {
  CURL* easy;
  std::string* file;  // for what is a file
  std::size_t file_bytes_max;
  std::string& body;  // for everything else
  std::string& tag;
};

std::size_t take(char* bytes, std::size_t, std::size_t size, void* context) {
  auto& receiving = *static_cast<Receiving*>(context);
  long status = 0;
  curl_easy_getinfo(receiving.easy, CURLINFO_RESPONSE_CODE, &status);
  const bool is_file = receiving.file != nullptr && status / 100 == 2;
  std::string& out = is_file ? *receiving.file : receiving.body;
  if (out.size() + size > (is_file ? receiving.file_bytes_max : answer_bytes_max)) return 0;
  out.append(bytes, size);
  return size;
}

std::size_t take_header(char* bytes, std::size_t, std::size_t size, void* context) {
  auto& receiving = *static_cast<Receiving*>(context);
  std::string_view line(bytes, size);
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos && curl_strequal(std::string(line.substr(0, colon)).c_str(), "etag") != 0) {
    receiving.tag = trimmed(line.substr(colon + 1));
  }
  return size;
}

curl_slist* list_of(const std::vector<std::string>& lines) {
  curl_slist* list = nullptr;
  for (const std::string& line : lines) list = curl_slist_append(list, line.c_str());
  return list;
}

void set_common(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "pixelpim");
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, connect_seconds);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, silent_seconds);
  curl_easy_setopt(easy, CURLOPT_FILETIME, 1L);
}

void set_method(CURL* easy, const std::string& method, Sending& sending) {
  if (method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (method == "PUT" || method == "POST") {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(sending.size));
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, send_some);
    curl_easy_setopt(easy, CURLOPT_READDATA, &sending);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, send_again);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, &sending);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  } else if (method != "GET") {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  }
}

void set_receiver(CURL* easy, Receiving& receiving) {
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &receiving);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &receiving);
}

Result<S3Answer> judged(S3Answer answer, bool is_file) {
  const std::string code = is_file ? std::string() : element(answer.body, "Code");
  // An answer that begins with 200 may say at its end that it went wrong.
  if (answer.status == 200 && !code.empty()) return s3_problem(500, answer.body);
  if (answer.status / 100 == 2 || (answer.status == 404 && code != "NoSuchBucket")) return answer;
  return s3_problem(answer.status, answer.body);
}

}  // namespace

std::unexpected<Problem> s3_away(std::string detail) {
  return std::unexpected(Problem{.status = 503,
                                 .code = "storage_unavailable",
                                 .message = "The store of files does not answer",
                                 .remedy = "Nothing was changed. Try again in a moment.",
                                 .detail = std::move(detail),
                                 .retry_after_seconds = 5});
}

bool is_away(const Problem& problem) { return problem.code == "storage_unavailable"; }

std::unexpected<Problem> s3_problem(long status, std::string_view body) {
  const std::string code = element(body, "Code");
  const std::string said = fmt::format("status {}: {} {}", status, code, element(body, "Message"));
  if (status == 507 || code.ends_with("StorageFull") || code == "QuotaExceeded") {
    return std::unexpected(Problem{.status = 507,
                                   .code = "storage_full",
                                   .message = "There is no more room for files",
                                   .remedy = "Nothing was stored. Free some space, then send it again.",
                                   .detail = said});
  }
  if (status >= 500 || status == 429 || code == "SlowDown" || code == "RequestTimeout" || code == "OperationAborted") {
    return s3_away(said);
  }
  return std::unexpected(Problem{.status = 503,
                                 .code = "storage_refused",
                                 .message = fmt::format("The store of files refuses this server ({})",
                                                        code.empty() ? fmt::format("status {}", status) : code),
                                 .remedy = "An operator looks at s3_bucket, s3_region, s3_access_key_id and "
                                           "s3_secret_access_key.",
                                 .detail = said});
}

Result<S3Answer> exchange(const std::string& address, const std::vector<std::string>& headers, const S3Call& call) {
  CURL* const easy = easy_of_thread();
  const std::unique_ptr<curl_slist, FreeList> list{list_of(headers)};
  S3Answer answer;
  Sending sending{.text = call.text,
                  .file = call.file,
                  .offset = call.offset,
                  .size = call.file != nullptr ? call.size : call.text.size()};
  Receiving receiving{
      .easy = easy, .file = call.out, .file_bytes_max = call.size, .body = answer.body, .tag = answer.tag};
  if (call.out != nullptr) call.out->clear();
  set_common(easy);
  set_method(easy, call.method, sending);
  set_receiver(easy, receiving);
  curl_easy_setopt(easy, CURLOPT_URL, address.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list.get());
  const CURLcode code = curl_easy_perform(easy);
  if (code == CURLE_ABORTED_BY_CALLBACK) return internal("a file that is being sent can't be read");
  if (code != CURLE_OK) {
    return s3_away(
        fmt::format("{}: {}", address.substr(0, address.find('/', address.find("//") + 2)), curl_easy_strerror(code)));
  }
  curl_off_t size = -1, changed = -1;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer.status);
  curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
  curl_easy_getinfo(easy, CURLINFO_FILETIME_T, &changed);
  answer.size = static_cast<std::uint64_t>(std::max<curl_off_t>(size, 0));
  answer.changed = std::max<curl_off_t>(changed, 0);
  return judged(std::move(answer), call.out != nullptr);
}

}  // namespace pim::media
