#include "media/storage/s3.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <thread>

#include "media/storage/folder.hpp"

namespace pim::media {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::uint64_t part_bytes_min = 8ull << 20;  // S3 takes 5 MiB and more
constexpr std::uint64_t parts_max = 10'000;
constexpr std::size_t read_bytes = 1u << 20;
constexpr std::size_t answer_bytes_max = 4u << 20;  // of an answer that is no file
constexpr int tries_max = 4;
constexpr std::chrono::milliseconds first_pause = 200ms;
constexpr auto trying_max = 15s;
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

std::string hash_of_text(std::string_view text) {
  Sha256 hash;
  hash.add(text);
  return hash.end();
}

std::string unescaped(std::string_view xml) {
  constexpr std::array<std::pair<std::string_view, char>, 5> entities{
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  std::string text;
  while (!xml.empty()) {
    const auto* const entity =
        std::ranges::find_if(entities, [&](const auto& pair) { return xml.starts_with(pair.first); });
    text += entity == entities.end() ? xml[0] : entity->second;
    xml.remove_prefix(entity == entities.end() ? 1 : entity->first.size());
  }
  return text;
}

// The texts of the elements of a name. (The answers of S3 are flat, and these have no attributes.)
std::vector<std::string_view> elements(std::string_view xml, std::string_view name) {
  const std::string open = fmt::format("<{}>", name), close = fmt::format("</{}>", name);
  std::vector<std::string_view> found;
  for (std::size_t at = 0; (at = xml.find(open, at)) != std::string_view::npos;) {
    at += open.size();
    const std::size_t end = xml.find(close, at);
    if (end == std::string_view::npos) break;
    found.push_back(xml.substr(at, end - at));
    at = end;
  }
  return found;
}

std::string element(std::string_view xml, std::string_view name) {
  const auto found = elements(xml, name);
  return found.empty() ? std::string() : unescaped(found[0]);
}

// "2026-11-25T12:00:00.000Z"
std::chrono::sys_seconds time_of(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (std::sscanf(std::string(text).c_str(), "%d-%d-%dT%d:%d:%d", &year, &month, &day, &hour, &minute, &second) != 6) {
    return std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  }
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second};
}

std::unexpected<Problem> away(std::string detail) {
  return std::unexpected(Problem{.status = 503,
                                 .code = "storage_unavailable",
                                 .message = "The store of files does not answer",
                                 .remedy = "Nothing was changed. Try again in a moment.",
                                 .detail = std::move(detail),
                                 .retry_after_seconds = 5});
}

// A problem that passes: the same may go well in a moment.
bool passes(const Problem& problem) { return problem.code == "storage_unavailable"; }

std::unexpected<Problem> problem_of(long status, std::string_view body) {
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
    return away(said);
  }
  return std::unexpected(Problem{.status = 503,
                                 .code = "storage_refused",
                                 .message = fmt::format("The store of files refuses this server ({})",
                                                        code.empty() ? fmt::format("status {}", status) : code),
                                 .remedy = "An operator looks at s3_bucket, s3_region, s3_access_key_id and "
                                           "s3_secret_access_key.",
                                 .detail = said});
}

}  // namespace

// One request. What it sends is a text, or a part of a file.
struct S3::Call {
  std::string method;
  std::string name;  // of an object, with the prefix; empty: the bucket
  S3Pairs query;
  S3Pairs headers;
  std::string text;
  StoredFile* file = nullptr;
  std::uint64_t offset = 0, size = 0;
  std::string hash;            // of that part
  std::string* out = nullptr;  // where a file goes; room for it is what `size` says
};

struct S3::Answer {
  long status = 0;
  std::string body, tag;
  std::uint64_t size = 0;  // Content-Length
  std::int64_t changed = 0;
  bool is_found() const noexcept { return status != 404; }
};

namespace {

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
  constexpr std::string_view name = "etag:";
  if (line.size() > name.size() && curl_strnequal(line.data(), name.data(), name.size()) != 0) {
    line.remove_prefix(name.size());
    while (!line.empty() && std::isspace(static_cast<unsigned char>(line.front())) != 0) line.remove_prefix(1);
    while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())) != 0) line.remove_suffix(1);
    receiving.tag = line;
  }
  return size;
}

// Somewhere from half of it to one and a half: those who were turned away together don't come back together.
std::chrono::milliseconds spread(std::chrono::milliseconds pause) {
  unsigned char random = 0;
  RAND_bytes(&random, 1);
  return pause / 2 + pause * random / 255;
}

}  // namespace

// Read in ranges: memory is that of one piece, and no thread waits for a slow reader.
class S3::File final : public StoredFile {
 public:
  File(const S3& store, std::string name, std::uint64_t size, std::int64_t changed)
      : store_(store), name_(std::move(name)), size_(size), changed_(changed) {}
  std::uint64_t size() const noexcept override { return size_; }
  std::int64_t changed() const noexcept override { return changed_; }
  std::size_t piece_bytes() const noexcept override { return read_bytes; }
  Result<void> read(std::uint64_t offset, std::size_t size, std::string& out) override {
    out.clear();
    if (size == 0) return {};
    Call call{.method = "GET", .name = name_};
    if (offset != 0 || size != size_) call.headers["range"] = fmt::format("bytes={}-{}", offset, offset + size - 1);
    call.size = size;
    call.out = &out;
    const auto answer = store_.ask(call);
    if (!answer) return std::unexpected(answer.error());
    if (!answer->is_found()) return missing_file(name_ + " went while it was read");
    if (out.size() != size) return away(fmt::format("{} bytes of {} came instead of {}", out.size(), name_, size));
    return {};
  }

 private:
  const S3& store_;
  std::string name_;
  std::uint64_t size_;
  std::int64_t changed_;
};

S3::S3(config::S3Store settings) : settings_(std::move(settings)) {
  signer_ = {settings_.access_key, settings_.secret_key, settings_.region};
  std::string& prefix = settings_.prefix;
  while (prefix.starts_with('/')) prefix.erase(0, 1);
  if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
  const bool is_own = !settings_.endpoint.empty();
  const std::string endpoint =
      is_own ? settings_.endpoint : fmt::format("https://s3.{}.amazonaws.com", settings_.region);
  const std::size_t host = endpoint.find("//") + 2;
  scheme_ = endpoint.substr(0, host);
  if (settings_.path_style.value_or(is_own)) {
    host_ = endpoint.substr(host);
    base_ = fmt::format("/{}", settings_.bucket);
  } else {
    host_ = fmt::format("{}.{}", settings_.bucket, endpoint.substr(host));
  }
}

std::string S3::where(std::string_view name) const {
  return fmt::format("s3://{}/{}{}", settings_.bucket, settings_.prefix, name);
}

S3Request S3::request_of(const Call& call) const {
  return {.method = call.method,
          .host = host_,
          .path = call.name.empty() && !base_.empty() ? base_ : base_ + "/" + s3_encode(call.name, true),
          .query = call.query,
          .headers = call.headers};
}

std::string S3::address_of(const S3Request& request, const std::string& query) const {
  return fmt::format("{}{}{}{}{}", scheme_, host_, request.path, query.empty() ? "" : "?", query);
}

void S3::note(std::string trouble) const {
  const std::lock_guard lock(mutex_);
  trouble_ = std::move(trouble);
}

std::string S3::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

Result<S3::Answer> S3::ask_once(const Call& call) const {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  S3Request request = request_of(call);
  request.headers["x-amz-date"] = s3_time(now);
  request.headers["x-amz-content-sha256"] = call.file != nullptr ? call.hash : hash_of_text(call.text);
  const std::string address = address_of(request, s3_query(request.query));
  curl_slist* list = nullptr;
  const auto add_header = [&](const std::string& line) { list = curl_slist_append(list, line.c_str()); };
  for (const auto& [name, value] : request.headers) add_header(fmt::format("{}: {}", name, value));
  add_header("Authorization: " + signer_.authorization(request, now));
  add_header("Expect:");  // one way less
  const std::unique_ptr<curl_slist, FreeList> headers{list};

  Answer answer;
  CURL* const c = easy_of_thread();
  Sending sending{.text = call.text,
                  .file = call.file,
                  .offset = call.offset,
                  .size = call.file != nullptr ? call.size : call.text.size()};
  Receiving receiving{.easy = c, .file = call.out, .file_bytes_max = call.size, .body = answer.body, .tag = answer.tag};
  if (call.out != nullptr) call.out->clear();
  curl_easy_setopt(c, CURLOPT_URL, address.c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_PROXY, "");
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_USERAGENT, "pixelpim");
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, connect_seconds);
  curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, silent_seconds);
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &receiving);
  curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(c, CURLOPT_HEADERDATA, &receiving);
  curl_easy_setopt(c, CURLOPT_FILETIME, 1L);
  if (call.method == "HEAD") {
    curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
  } else if (call.method == "PUT" || call.method == "POST") {
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(sending.size));
    curl_easy_setopt(c, CURLOPT_READFUNCTION, send_some);
    curl_easy_setopt(c, CURLOPT_READDATA, &sending);
    curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, send_again);
    curl_easy_setopt(c, CURLOPT_SEEKDATA, &sending);
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  } else if (call.method != "GET") {
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  }
  const CURLcode code = curl_easy_perform(c);
  if (code == CURLE_ABORTED_BY_CALLBACK) return internal("a file that is being sent can't be read");
  if (code != CURLE_OK) return away(fmt::format("{}{}: {}", scheme_, host_, curl_easy_strerror(code)));
  curl_off_t size = -1, changed = -1;
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &answer.status);
  curl_easy_getinfo(c, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
  curl_easy_getinfo(c, CURLINFO_FILETIME_T, &changed);
  answer.size = static_cast<std::uint64_t>(std::max<curl_off_t>(size, 0));
  answer.changed = std::max<curl_off_t>(changed, 0);
  const bool has_no_bucket = answer.status == 404 && element(answer.body, "Code") == "NoSuchBucket";
  // An answer that begins with 200 may say at its end that it went wrong.
  const bool has_failed_late = answer.status == 200 && call.out == nullptr && !element(answer.body, "Code").empty();
  if ((answer.status / 100 == 2 && !has_failed_late) || (answer.status == 404 && !has_no_bucket)) return answer;
  return problem_of(has_failed_late ? 500 : answer.status, answer.body);
}

Result<S3::Answer> S3::ask(const Call& call) const {
  if (!is_configured()) {
    return std::unexpected(Problem{.status = 503,
                                   .code = "storage_refused",
                                   .message = "The file is in an S3 store, and none is configured",
                                   .remedy = "An operator sets s3_bucket, or S3_BUCKET."});
  }
  const auto end = std::chrono::steady_clock::now() + trying_max;
  std::chrono::milliseconds pause = first_pause;
  for (int attempt = 1;; ++attempt) {
    auto answer = ask_once(call);
    if (answer) {
      note({});
      return answer;
    }
    if (!passes(answer.error()) || attempt == tries_max || std::chrono::steady_clock::now() > end) {
      note(answer.error().detail);
      return answer;
    }
    std::this_thread::sleep_for(spread(pause));
    pause *= 2;
  }
}

Result<std::unique_ptr<StoredFile>> S3::open(std::string_view name) const {
  const std::string whole = settings_.prefix + std::string(name);
  const auto answer = ask({.method = "HEAD", .name = whole});
  if (!answer) return std::unexpected(answer.error());
  if (!answer->is_found()) return missing_file(where(name));
  return std::make_unique<File>(*this, whole, answer->size, answer->changed);
}

Result<void> S3::put(const fs::path& path, std::string_view name, std::string_view mime_type) const {
  const Folder folder(path.parent_path());
  auto file = folder.open(path.filename().native());
  if (!file) return std::unexpected(std::move(file).error());
  const std::uint64_t size = (*file)->size();
  if (size > part_bytes_min) {
    if (auto sent = put_parts(**file, name, mime_type); !sent) return sent;
  } else {
    auto hash = hash_of(**file);
    if (!hash) return std::unexpected(std::move(hash).error());
    const auto answer = ask({.method = "PUT",
                             .name = settings_.prefix + std::string(name),
                             .headers = {{"content-type", std::string(mime_type)}},
                             .file = file->get(),
                             .size = size,
                             .hash = *std::move(hash)});
    if (!answer) return std::unexpected(answer.error());
    if (!answer->is_found()) return problem_of(404, answer->body);
  }
  // What it says it has, it has: a row is going to rely on it.
  const auto there = open(name);
  if (there && (*there)->size() == size) return {};
  if (!there && !is_missing(there.error())) return std::unexpected(there.error());
  return away(fmt::format("{} was stored, and is not there as a whole", where(name)));
}

Result<void> S3::put_parts(StoredFile& file, std::string_view name, std::string_view mime_type) const {
  const std::string whole = settings_.prefix + std::string(name);
  const auto begun = ask({.method = "POST",
                          .name = whole,
                          .query = {{"uploads", ""}},
                          .headers = {{"content-type", std::string(mime_type)}}});
  if (!begun) return std::unexpected(begun.error());
  const std::string upload = element(begun->body, "UploadId");
  if (upload.empty()) return problem_of(begun->status, begun->body);
  auto parts = send_parts(file, name, upload);
  if (parts) {
    const auto ended =
        ask({.method = "POST", .name = whole, .query = {{"uploadId", upload}}, .text = *std::move(parts)});
    // (404: it was ended before, and only the answer was lost. Whether the file is there is looked at.)
    if (ended) return {};
    parts = std::unexpected(ended.error());
  }
  // What can't be aborted now is aborted by the clock.
  static_cast<void>(ask({.method = "DELETE", .name = whole, .query = {{"uploadId", upload}}}));
  return std::unexpected(std::move(parts).error());
}

// Sends all parts, one after the other; the list of them that ends the upload.
Result<std::string> S3::send_parts(StoredFile& file, std::string_view name, const std::string& upload) const {
  const std::uint64_t part_bytes = std::max(part_bytes_min, (file.size() + parts_max - 1) / parts_max);
  std::string list = "<CompleteMultipartUpload>";
  int number = 1;
  for (std::uint64_t offset = 0; offset < file.size(); offset += part_bytes, ++number) {
    const std::uint64_t size = std::min(part_bytes, file.size() - offset);
    auto hash = hash_of(file, offset, size);
    if (!hash) return hash;
    const auto answer = ask({.method = "PUT",
                             .name = settings_.prefix + std::string(name),
                             .query = {{"partNumber", fmt::format("{}", number)}, {"uploadId", upload}},
                             .file = &file,
                             .offset = offset,
                             .size = size,
                             .hash = *std::move(hash)});
    if (!answer) return std::unexpected(answer.error());
    if (!answer->is_found()) return problem_of(404, answer->body);
    list += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", number, answer->tag);
  }
  return list + "</CompleteMultipartUpload>";
}

Result<void> S3::move(std::string_view from, std::string_view to) const {
  const std::string source =
      fmt::format("/{}/{}", settings_.bucket, s3_encode(settings_.prefix + std::string(from), true));
  const auto copied =
      ask({.method = "PUT", .name = settings_.prefix + std::string(to), .headers = {{"x-amz-copy-source", source}}});
  if (!copied) return std::unexpected(copied.error());
  if (!copied->is_found()) return missing_file(where(from));
  return remove(from);
}

Result<void> S3::remove(std::string_view name) const {
  const auto answer = ask({.method = "DELETE", .name = settings_.prefix + std::string(name)});
  if (!answer) return std::unexpected(answer.error());
  return {};
}

std::optional<std::string> S3::link(std::string_view name, std::string_view mime_type,
                                    std::string_view disposition) const {
  if (settings_.redirect_lifetime.count() == 0 || !is_configured()) return std::nullopt;
  S3Request request = request_of({.method = "GET", .name = settings_.prefix + std::string(name)});
  request.query = {{"response-content-type", std::string(mime_type)},
                   {"response-content-disposition", std::string(disposition)}};
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::string query = signer_.signed_query(request, now, settings_.redirect_lifetime);
  return address_of(request, query);
}

Result<void> S3::list(const std::function<Result<void>(const std::vector<Listed>&)>& sink) const {
  S3Pairs query{{"list-type", "2"}, {"prefix", settings_.prefix}};
  for (;;) {
    const auto answer = ask({.method = "GET", .query = query});
    if (!answer) return std::unexpected(answer.error());
    std::vector<Listed> page;
    for (const std::string_view object : elements(answer->body, "Contents")) {
      const std::string key = element(object, "Key");
      if (key.size() > settings_.prefix.size()) {
        page.push_back({key.substr(settings_.prefix.size()), time_of(element(object, "LastModified"))});
      }
    }
    if (auto taken = sink(page); !taken) return taken;
    query["continuation-token"] = element(answer->body, "NextContinuationToken");
    if (query["continuation-token"].empty()) return {};
  }
}

Result<int> S3::abort_uploads(std::chrono::seconds age) const {
  const auto youngest = std::chrono::system_clock::now() - age;
  const auto answer = ask({.method = "GET", .query = {{"prefix", settings_.prefix}, {"uploads", ""}}});
  if (!answer) return std::unexpected(answer.error());
  int aborted = 0;
  for (const std::string_view upload : elements(answer->body, "Upload")) {
    if (time_of(element(upload, "Initiated")) > youngest) continue;
    const auto gone =
        ask({.method = "DELETE", .name = element(upload, "Key"), .query = {{"uploadId", element(upload, "UploadId")}}});
    if (!gone) return std::unexpected(gone.error());
    ++aborted;
  }
  return aborted;
}

Result<void> S3::probe() const {
  const auto answer =
      ask({.method = "GET", .query = {{"list-type", "2"}, {"max-keys", "1"}, {"prefix", settings_.prefix}}});
  if (!answer) return std::unexpected(answer.error());
  return {};
}

}  // namespace pim::media
