#include "media/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "media/storage/adopted.hpp"
#include "media/storage/mime_type.hpp"
#include "media/storage/thumbnail_path.hpp"
#include "observe/log.hpp"

namespace pim::media {
namespace {

namespace fs = std::filesystem;
using http::Request;
using http::Response;

constexpr std::size_t piece_bytes = 256 * 1024;

// An open file, closed at its end.
class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  OpenFile& operator=(OpenFile&&) = delete;
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

struct Opened {
  OpenFile file;
  std::uint64_t size;
  std::int64_t changed;  // seconds since 1970
};

std::unexpected<Problem> missing(const fs::path& path, int error) {
  observe::Line(observe::Level::error, "asset.file_missing").add("file", path.string()).add("error", error);
  auto problem = not_found("The file of this asset is missing");
  problem.error().code = "asset.file_missing";
  return problem;
}

Result<Opened> open_file(const fs::path& path) {
  OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.descriptor() < 0) return missing(path, errno);
  struct stat status{};
  if (::fstat(file.descriptor(), &status) != 0 || !S_ISREG(status.st_mode)) return missing(path, errno);
  return Opened{std::move(file), static_cast<std::uint64_t>(status.st_size), status.st_mtime};
}

// A part of a file, read piece by piece where a disk may be waited for.
class FileStream final : public http::BodyStream {
 public:
  FileStream(OpenFile file, std::uint64_t begin, std::uint64_t size, const Services& services)
      : file_(std::move(file)), offset_(begin), left_(size), files_(services.files), here_(services.here()) {}

  Task<Result<std::string_view>> next() override {
    if (left_ == 0) co_return std::string_view{};
    co_await files_.run(here_, [this] { return read(); });
    co_return std::string_view(piece_);
  }

 private:
  Result<void> read() {
    const std::size_t wanted = std::min<std::uint64_t>(left_, piece_bytes);
    ssize_t size = 0;
    piece_.resize_and_overwrite(wanted, [&](char* bytes, std::size_t room) {
      size = ::pread(file_.descriptor(), bytes, room, static_cast<off_t>(offset_));
      return size > 0 ? static_cast<std::size_t>(size) : 0;
    });
    if (size <= 0) return internal("a file ended before its size, or can't be read");
    offset_ += piece_.size();
    left_ -= piece_.size();
    return {};
  }

  OpenFile file_;
  std::uint64_t offset_, left_;
  std::string piece_;
  WorkPool& files_;
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

void add_type(Response& response, std::string_view type) {
  response.content_type = {};
  response.headers.emplace_back("Content-Type", type == "text/plain" ? "text/plain; charset=utf-8" : std::string(type));
}

// The answer with all of `opened`, or with what was asked for of it.
Response with_file(const Request& request, Opened opened, const std::string& tag, const Services& services) {
  Response response;
  response.headers.emplace_back("ETag", tag);
  if (is_known(request, tag)) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("Accept-Ranges", "bytes");
  const std::string_view condition = request.header("if-range");
  auto range = condition.empty() || condition == tag ? read_range(request.header("range"), opened.size) : std::nullopt;
  if (range && range->size == 0) {
    response.status = 416;
    response.headers.emplace_back("Content-Range", fmt::format("bytes */{}", opened.size));
    return response;
  }
  if (range) {
    response.status = 206;
    response.headers.emplace_back(
        "Content-Range", fmt::format("bytes {}-{}/{}", range->begin, range->begin + range->size - 1, opened.size));
  }
  const Range sent = range.value_or(Range{0, opened.size});
  response.stream = std::make_unique<FileStream>(std::move(opened.file), sent.begin, sent.size, services);
  response.stream_bytes = sent.size;
  return response;
}

constexpr std::string_view placeholder =
    R"(<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300" viewBox="0 0 300 300"><rect width="300" height="300" fill="#eceff1"/><path d="M75 210l50-65 38 45 27-33 45 53z" fill="#b0bec5"/><circle cx="200" cy="105" r="20" fill="#b0bec5"/></svg>)";

}  // namespace

std::optional<fs::path> path_of(const File& file, const Services& services) {
  if (!file.content_hash) return adopted_path(services.uploads, file.file_path);
  if (*file.place == "uploads") return path_below(services.uploads, *file.key);
  return services.folder->path_of(*file.key);
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
    Response response{.status = 302, .content_type = "text/plain; charset=utf-8"};
    response.headers.emplace_back("Location", std::string(file.file_path));
    co_return response;
  }
  const auto path = path_of(file, services);
  if (!path) co_return missing(fs::path(file.file_path), ENOENT);
  auto opened = co_await services.files.run(services.here(), [&] { return open_file(*path); });
  const std::string tag = file.content_hash ? fmt::format("\"{}\"", *file.content_hash)
                                            : fmt::format("\"{:x}-{:x}\"", opened.changed, opened.size);
  const std::string_view type = is_type(file.mime_type) ? file.mime_type : "application/octet-stream";
  const bool inlined = shown == Shown::as_allowed && is_shown_inline(type);
  Response response = with_file(request, std::move(opened), tag, services);
  if (response.status == 304) co_return response;
  if (response.status != 416) add_type(response, type);
  response.headers.emplace_back("Content-Disposition", content_disposition(inlined ? "inline" : "attachment",
                                                                           download_name(file.name, file.file_name)));
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
  const auto path =
      file.content_hash && file.key
          ? std::optional(thumbnail_path(*services.folder, *file.key, static_cast<int>(*number_of(asked))))
          : adopted_path(services.uploads, fmt::format("/uploads/{}", request.param("path")));
  if (path && file.thumbnails.value_or("ready") == "ready") {
    auto opened = co_await as_result(services.files.run(services.here(), [&] { return open_file(*path); }));
    if (opened) {
      const std::string tag = fmt::format("\"{}-{}\"", file.content_hash.value_or("adopted"), asked);
      Response response = with_file(request, *std::move(opened), tag, services);
      if (response.status == 304) co_return response;
      if (response.status != 416) add_type(response, file.content_hash ? "image/webp" : "image/jpeg");
      response.headers.emplace_back("Cache-Control", "private, no-cache");
      co_return response;
    }
  }
  Response response{.content_type = "image/svg+xml", .body = std::string(placeholder)};
  response.headers.emplace_back("Cache-Control", "no-store");
  co_return response;
}

}  // namespace pim::media
