#include "media/storage/s3.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <thread>

#include "base/sha256.hpp"
#include "media/storage/folder.hpp"
#include "media/storage/s3_exchange.hpp"
#include "media/storage/s3_xml.hpp"

namespace pim::media {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::uint64_t part_bytes_min = 8ull << 20;  // S3 takes 5 MiB and more
constexpr std::uint64_t parts_max = 10'000;
constexpr std::size_t s3_read_bytes = 1u << 20;
constexpr int tries_max = 4;
constexpr std::chrono::milliseconds first_pause = 200ms;
constexpr auto trying_max = 15s;

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
  std::size_t piece_bytes() const noexcept override { return s3_read_bytes; }
  Result<void> read(std::uint64_t offset, std::size_t size, std::string& out) override {
    out.clear();
    if (size == 0) return {};
    S3Call call{.method = "GET", .name = name_};
    if (offset != 0 || size != size_) call.headers["range"] = fmt::format("bytes={}-{}", offset, offset + size - 1);
    call.size = size;
    call.out = &out;
    const auto answer = store_.ask(call);
    if (!answer) return std::unexpected(answer.error());
    if (!answer->is_found()) return missing_file(name_ + " went while it was read");
    if (out.size() != size) return s3_away(fmt::format("{} bytes of {} came instead of {}", out.size(), name_, size));
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

S3Request S3::request_of(const S3Call& call) const {
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

Result<S3Answer> S3::ask_once(const S3Call& call) const {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  S3Request request = request_of(call);
  request.headers["x-amz-date"] = s3_time(now);
  request.headers["x-amz-content-sha256"] = call.file != nullptr ? call.hash : sha256_of(call.text);
  std::vector<std::string> headers{"Authorization: " + signer_.authorization(request, now), "Expect:"};  // one way less
  for (const auto& [name, value] : request.headers) headers.push_back(fmt::format("{}: {}", name, value));
  return exchange(address_of(request, s3_query(request.query)), headers, call);
}

Result<S3Answer> S3::ask(const S3Call& call) const {
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
    if (!is_away(answer.error()) || attempt == tries_max || std::chrono::steady_clock::now() > end) {
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
    if (!answer->is_found()) return s3_problem(404, answer->body);
  }
  // What it says it has, it has: a row is going to rely on it.
  const auto there = open(name);
  if (there && (*there)->size() == size) return {};
  if (!there && !is_missing(there.error())) return std::unexpected(there.error());
  return s3_away(fmt::format("{} was stored, and is not there as a whole", where(name)));
}

Result<void> S3::put_parts(StoredFile& file, std::string_view name, std::string_view mime_type) const {
  const std::string whole = settings_.prefix + std::string(name);
  const auto begun = ask({.method = "POST",
                          .name = whole,
                          .query = {{"uploads", ""}},
                          .headers = {{"content-type", std::string(mime_type)}}});
  if (!begun) return std::unexpected(begun.error());
  const std::string upload = element(begun->body, "UploadId");
  if (upload.empty()) return s3_problem(begun->status, begun->body);
  auto parts = send_parts(file, name, upload);
  if (parts) {
    const auto ended =
        ask({.method = "POST", .name = whole, .query = {{"uploadId", upload}}, .text = *std::move(parts)});
    // (404: it was ended before, and only the answer was lost. Whether the file is there is looked at.)
    if (ended) return {};
    parts = std::unexpected(ended.error());
  }
  // What can't be aborted now is aborted by the clock: what came of this is not asked.
  [[maybe_unused]] const auto aborted = ask({.method = "DELETE", .name = whole, .query = {{"uploadId", upload}}});
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
    if (!answer->is_found()) return s3_problem(404, answer->body);
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
        page.push_back({key.substr(settings_.prefix.size()), s3_time_of(element(object, "LastModified"))});
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
    if (s3_time_of(element(upload, "Initiated")) > youngest) continue;
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
