#include "media/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "media/storage/mime_type.hpp"
#include "media/storage/thumbnail_name.hpp"
#include "observe/log.hpp"

namespace pim::media {
namespace {

using http::Request;
using http::Response;

// What is missing is said in the log: a row relies on it.
std::unexpected<Problem> logged(Problem problem) {
  if (is_missing(problem)) observe::Line(observe::Level::error, "asset.file_missing").add("file", problem.detail);
  return std::unexpected(std::move(problem));
}

// A part of a file, read piece by piece where it may be waited for.
class FileStream final : public http::BodyStream {
 public:
  FileStream(std::unique_ptr<StoredFile> file, std::uint64_t begin, std::uint64_t size, WorkPool& pool,
             boost::asio::io_context& here)
      : file_(std::move(file)), offset_(begin), left_(size), pool_(pool), here_(here) {}

  Task<Result<std::string_view>> next() override {
    if (left_ == 0) co_return std::string_view{};
    const std::size_t size = std::min<std::uint64_t>(left_, file_->piece_bytes());
    co_await pool_.run(here_, [&] { return file_->read(offset_, size, piece_); });
    offset_ += size;
    left_ -= size;
    co_return std::string_view(piece_);
  }

 private:
  std::unique_ptr<StoredFile> file_;
  std::uint64_t offset_, left_;
  std::string piece_;
  WorkPool& pool_;
  boost::asio::io_context& here_;
};

struct Range {
  std::uint64_t begin, size;
};

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "bytes=0-499", "bytes=500-", "bytes=-500". nullopt: no range, or one that may be ignored (several, another unit); a
// range of no bytes is outside of the file.
std::optional<Range> read_range(std::string_view header, std::uint64_t size) {
  constexpr std::string_view unit = "bytes=";
  if (!header.starts_with(unit) || header.contains(',')) return std::nullopt;
  header.remove_prefix(unit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = number_of(header.substr(0, dash)), last = number_of(header.substr(dash + 1));
  if (dash == 0) {
    if (!last) return std::nullopt;
    const std::uint64_t tail = std::min(*last, size);
    return Range{size - tail, tail};
  }
  if (!first || (!last && dash + 1 != header.size()) || (last && *last < *first)) return std::nullopt;
  if (*first >= size) return Range{size, 0};
  return Range{*first, std::min(last.value_or(size - 1), size - 1) - *first + 1};
}

bool is_known(const Request& request, std::string_view tag) {
  const std::string_view known = request.header("if-none-match");
  return known == "*" || (!known.empty() && known.contains(tag));
}

bool is_type(std::string_view text) {
  return text.contains('/') && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '.' ||
                  c == '+' || c == '-' || c == '_';
         });
}

std::string_view type_of_answer(std::string_view type) {
  return type == "text/plain" ? "text/plain; charset=utf-8" : type;
}

void add_type(Response& response, std::string_view type) {
  response.content_type = {};
  response.headers.emplace_back("Content-Type", type_of_answer(type));
}

// (An address that is signed for a short time must not be kept.)
Response redirect_to(std::string address) {
  Response response{.status = 302, .content_type = "text/plain; charset=utf-8"};
  response.headers.emplace_back("Location", std::move(address));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Response not_modified(const std::string& tag) {
  Response response{.status = 304};
  response.headers.emplace_back("ETag", tag);
  return response;
}

// The answer with all of `file`, or with what was asked for of it.
Response with_file(const Request& request, std::unique_ptr<StoredFile> file, const std::string& tag, WorkPool& pool,
                   boost::asio::io_context& here) {
  if (is_known(request, tag)) return not_modified(tag);
  Response response;
  response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Accept-Ranges", "bytes");
  const std::string_view condition = request.header("if-range");
  auto range = condition.empty() || condition == tag ? read_range(request.header("range"), file->size()) : std::nullopt;
  if (range && range->size == 0) {
    response.status = 416;
    response.headers.emplace_back("Content-Range", fmt::format("bytes */{}", file->size()));
    return response;
  }
  if (range) {
    response.status = 206;
    response.headers.emplace_back(
        "Content-Range", fmt::format("bytes {}-{}/{}", range->begin, range->begin + range->size - 1, file->size()));
  }
  const Range sent = range.value_or(Range{0, file->size()});
  response.stream = std::make_unique<FileStream>(std::move(file), sent.begin, sent.size, pool, here);
  response.stream_bytes = sent.size;
  return response;
}

constexpr std::string_view placeholder =
    R"(<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300" viewBox="0 0 300 300"><rect width="300" height="300" fill="#eceff1"/><path d="M75 210l50-65 38 45 27-33 45 53z" fill="#b0bec5"/><circle cx="200" cy="105" r="20" fill="#b0bec5"/></svg>)";

}  // namespace

std::optional<Location> location_of(const File& file, const Storage& storage) {
  if (file.content_hash) {
    const Store& store = storage.of(*file.place);
    return Location{store, store.name_of(*file.key)};
  }
  const auto key = storage.uploads().key_of(file.file_path);
  if (!key) return std::nullopt;
  return Location{storage.uploads(), std::string(*key)};
}

std::string download_name(std::string_view name, std::string_view file_name) {
  const std::size_t dot = file_name.rfind('.');
  const std::string_view extension = dot == std::string_view::npos ? std::string_view{} : file_name.substr(dot);
  std::string whole(name);
  if (!extension.empty() && !name.ends_with(extension)) whole += extension;
  return whole;
}

std::string content_disposition(std::string_view kind, std::string_view file_name) {
  std::string ascii, encoded;
  for (const char c : file_name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (byte < 0x20 || byte == 0x7F) continue;
    if (byte < 0x80) ascii += c == '"' || c == '\\' || c == '/' || c == '%' ? '_' : c;
    if (byte >= 0xC0) ascii += '_';  // one for each letter
    if (letter || c == '-' || c == '.' || c == '_') {
      encoded += c;
    } else {
      fmt::format_to(std::back_inserter(encoded), "%{:02X}", byte);
    }
  }
  return fmt::format("{}; filename=\"{}\"; filename*=UTF-8''{}", kind, ascii, encoded);
}

Task<Result<Response>> serve_file(const Request& request, const File& file, const Services& services, Shown shown) {
  if (!file.content_hash && (file.file_path.starts_with("https://") || file.file_path.starts_with("http://"))) {
    co_return redirect_to(std::string(file.file_path));
  }
  const auto at = location_of(file, *services.storage);
  if (!at) co_return logged(missing_file(std::string(file.file_path)).error());
  const std::string_view type = is_type(file.mime_type) ? file.mime_type : "application/octet-stream";
  const bool inlined = shown == Shown::as_allowed && is_shown_inline(type);
  const std::string disposition =
      content_disposition(inlined ? "inline" : "attachment", download_name(file.name, file.file_name));
  if (const auto link = at->store.link(at->name, type_of_answer(type), disposition)) {
    const std::string tag = fmt::format("\"{}\"", *file.content_hash);
    co_return is_known(request, tag) ? not_modified(tag) : redirect_to(*link);
  }
  WorkPool& pool = services.waiting_for(at->store);
  auto opened = co_await as_result(pool.run(services.here(), [&] { return at->store.open(at->name); }));
  if (!opened) co_return logged(std::move(opened).error());
  const std::string tag = file.content_hash ? fmt::format("\"{}\"", *file.content_hash)
                                            : fmt::format("\"{:x}-{:x}\"", (*opened)->changed(), (*opened)->size());
  Response response = with_file(request, *std::move(opened), tag, pool, services.here());
  if (response.status == 304) co_return response;
  if (response.status != 416) add_type(response, type);
  response.headers.emplace_back("Content-Disposition", disposition);
  // Whatever it is, it runs nothing in our name.
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
  response.headers.emplace_back("Cache-Control", "private, no-cache");
  co_return response;
}

Task<Result<Response>> serve_thumbnail(const Request& request, const File& file, const Services& services) {
  const auto asked = request.query("size").value_or("300");
  constexpr std::array<std::string_view, 3> sizes{"150", "300", "800"};
  if (std::ranges::find(sizes, asked) == sizes.end()) co_return invalid({"size must be one of: 150, 300, 800"});
  // One that the replaced service made lies beside its file.
  const bool is_ours = file.content_hash && file.key;
  const Store& store = is_ours ? services.storage->of_thumbnails(*file.place) : services.storage->uploads();
  const std::string name =
      is_ours ? thumbnail_name(*file.key, static_cast<int>(*number_of(asked))) : std::string(request.param("path"));
  if (file.thumbnails.value_or("ready") == "ready") {
    const std::string tag = fmt::format("\"{}-{}\"", file.content_hash.value_or("adopted"), asked);
    if (const auto link = store.link(name, "image/webp", "inline")) {
      co_return is_known(request, tag) ? not_modified(tag) : redirect_to(*link);
    }
    WorkPool& pool = services.waiting_for(store);
    auto opened = co_await as_result(pool.run(services.here(), [&] { return store.open(name); }));
    if (opened) {
      Response response = with_file(request, *std::move(opened), tag, pool, services.here());
      if (response.status == 304) co_return response;
      if (response.status != 416) add_type(response, is_ours ? "image/webp" : "image/jpeg");
      response.headers.emplace_back("Cache-Control", "private, no-cache");
      co_return response;
    }
  }
  Response response{.content_type = "image/svg+xml", .body = std::string(placeholder)};
  response.headers.emplace_back("Cache-Control", "no-store");
  co_return response;
}

}  // namespace pim::media
