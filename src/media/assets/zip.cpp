#include "media/assets/zip.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <set>

#include "http/body.hpp"
#include "http/fields.hpp"
#include "media/asset.hpp"
#include "media/files.hpp"
#include "sql/media/assets.hpp"

namespace pim::media::assets {
namespace {

using http::Caller;
using http::Request;
using http::Response;

const pg::Statement<File(Id, Ids, Texts)> zip_files{"zip_files", sql::media::assets::zip_files};

constexpr std::size_t files_max = 1000;
constexpr std::int64_t bytes_max = 4'000'000'000;  // what an archive of the old form can hold
constexpr std::size_t piece_bytes = 128 * 1024;

void put2(std::string& out, std::uint32_t value) {
  out += static_cast<char>(value & 0xFF);
  out += static_cast<char>((value >> 8) & 0xFF);
}
void put4(std::string& out, std::uint32_t value) {
  put2(out, value & 0xFFFF);
  put2(out, value >> 16);
}

struct Entry {
  std::string name;
  const Store* store;
  std::string file;  // its name there
  bool is_compressible = false;
  std::uint32_t time = 0;  // as MS-DOS has it: the day in the upper half
  // Known once it is written.
  std::uint32_t crc = 0, size = 0, packed = 0, offset = 0;
};

std::uint32_t dos_time(pg::Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
  const int year = std::clamp(static_cast<int>(date.year()) - 1980, 0, 127);
  const std::uint32_t upper = static_cast<std::uint32_t>(year) << 9 | static_cast<unsigned>(date.month()) << 5 |
                              static_cast<unsigned>(date.day());
  const auto lower = static_cast<std::uint32_t>(clock.hours().count() << 11 | clock.minutes().count() << 5 |
                                                clock.seconds().count() / 2);
  return upper << 16 | lower;
}

constexpr std::uint32_t made_by = 20, utf8_and_descriptor = 0x0808, deflated = 8;

// What a local header and one of the directory have in common.
void put_head(std::string& out, const Entry& entry, bool is_known) {
  put2(out, made_by);
  put2(out, utf8_and_descriptor);
  put2(out, deflated);
  put4(out, entry.time);
  put4(out, is_known ? entry.crc : 0);
  put4(out, is_known ? entry.packed : 0);
  put4(out, is_known ? entry.size : 0);
  put2(out, static_cast<std::uint32_t>(entry.name.size()));
  put2(out, 0);  // no further fields
}

// One archive. Not on an event loop: it reads and compresses.
class Archive {
 public:
  explicit Archive(std::vector<Entry> entries) : entries_(std::move(entries)) {}
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;
  ~Archive() {
    if (file_) end_file();
  }

  // Adds some more of it to `out`; false at the end.
  Result<bool> more(std::string& out) {
    const std::size_t before = out.size();
    while (out.size() - before < piece_bytes) {
      if (file_) {
        if (auto packed = pack(out); !packed) return std::unexpected(std::move(packed).error());
      } else if (current_ < entries_.size()) {
        if (auto begun = begin_file(out, written_ + out.size() - before); !begun) {
          return std::unexpected(std::move(begun).error());
        }
      } else if (!std::exchange(ended_, true)) {
        put_directory(out, written_ + out.size() - before);
      } else {
        break;
      }
    }
    written_ += out.size() - before;
    return out.size() > before;
  }

 private:
  Result<void> begin_file(std::string& out, std::uint64_t offset) {
    Entry& entry = entries_[current_];
    auto opened = entry.store->open(entry.file);
    if (!opened) return std::unexpected(std::move(opened).error());
    file_ = *std::move(opened);
    stream_ = {};
    // What is compressed already is only wrapped.
    deflateInit2(&stream_, entry.is_compressible ? Z_BEST_SPEED : Z_NO_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8,
                 Z_DEFAULT_STRATEGY);
    entry.offset = static_cast<std::uint32_t>(offset);
    put4(out, 0x04034b50);
    put_head(out, entry, false);
    out += entry.name;
    return {};
  }

  Result<void> pack(std::string& out) {
    Entry& entry = entries_[current_];
    const std::size_t size = std::min<std::uint64_t>(file_->size() - entry.size, file_->piece_bytes());
    if (auto read = file_->read(entry.size, size, input_); !read) return read;
    auto* const bytes = reinterpret_cast<Bytef*>(input_.data());
    entry.crc = static_cast<std::uint32_t>(crc32(entry.crc, bytes, static_cast<uInt>(size)));
    entry.size += static_cast<std::uint32_t>(size);
    stream_.next_in = bytes;
    stream_.avail_in = static_cast<uInt>(size);
    const std::size_t before = out.size();
    do {
      const std::size_t at = out.size();
      out.resize(at + piece_bytes);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + at);
      stream_.avail_out = piece_bytes;
      deflate(&stream_, size == 0 ? Z_FINISH : Z_NO_FLUSH);
      out.resize(out.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
    entry.packed += static_cast<std::uint32_t>(out.size() - before);
    if (size > 0) return {};
    end_file();
    put4(out, 0x08074b50);
    put4(out, entry.crc);
    put4(out, entry.packed);
    put4(out, entry.size);
    ++current_;
    return {};
  }

  void end_file() {
    deflateEnd(&stream_);
    file_.reset();
  }

  void put_directory(std::string& out, std::uint64_t offset) const {
    const std::size_t begin = out.size();
    for (const Entry& entry : entries_) {
      put4(out, 0x02014b50);
      put2(out, made_by);
      put_head(out, entry, true);
      put2(out, 0);  // no comment
      put2(out, 0);  // the first disk
      put2(out, 0);
      put4(out, 0);
      put4(out, entry.offset);
      out += entry.name;
    }
    const std::size_t size = out.size() - begin;
    put4(out, 0x06054b50);
    put4(out, 0);
    put2(out, static_cast<std::uint32_t>(entries_.size()));
    put2(out, static_cast<std::uint32_t>(entries_.size()));
    put4(out, static_cast<std::uint32_t>(size));
    put4(out, static_cast<std::uint32_t>(offset));
    put2(out, 0);
  }

  std::vector<Entry> entries_;
  std::size_t current_ = 0;
  std::uint64_t written_ = 0;
  bool ended_ = false;
  std::unique_ptr<StoredFile> file_;  // that is being packed
  z_stream stream_{};
  std::string input_;
};

class ZipStream final : public http::BodyStream {
 public:
  ZipStream(std::vector<Entry> entries, const Services& services)
      : pool_(std::ranges::any_of(entries, [](const Entry& entry) { return entry.store->is_remote(); })
                  ? services.remote
                  : services.files),
        archive_(std::move(entries)),
        here_(services.here()) {}
  // What goes wrong at once is an answer; what goes wrong later can only cut it off.
  Task<Result<void>> begin() {
    co_await pool_.run(here_, [this] { return archive_.more(piece_); });
    has_begun_ = true;
    co_return Result<void>{};
  }
  Task<Result<std::string_view>> next() override {
    if (!std::exchange(has_begun_, false)) {
      piece_.clear();
      co_await pool_.run(here_, [this] { return archive_.more(piece_); });
    }
    co_return std::string_view(piece_);
  }

 private:
  WorkPool& pool_;
  Archive archive_;
  std::string piece_;
  bool has_begun_ = false;  // and the first piece waits to be sent
  boost::asio::io_context& here_;
};

// A name that no other entry has, without what would lead out of the folder that it is unpacked into.
std::string entry_name(const File& file, std::set<std::string, std::less<>>& taken) {
  std::string name = download_name(file.name, file.file_name);
  std::ranges::replace_if(name, [](char c) { return c == '/' || c == '\\' || (c >= 0 && c < 0x20); }, '_');
  if (name.empty() || name.starts_with('.')) name.insert(0, "_");
  const std::size_t dot = std::min(name.rfind('.'), name.size());
  std::string unique = name;
  for (int i = 2; !taken.insert(unique).second; ++i) {
    unique = fmt::format("{} ({}){}", name.substr(0, dot), i, name.substr(dot));
  }
  return unique;
}

struct Wanted {
  Ids ids;
  std::vector<std::string> paths;
};

Result<Wanted> read_wanted(const boost::json::value& body) {
  http::Fields fields(body, {"assetIds", "files"});
  Wanted wanted;
  const auto list_of = [&](std::string_view name) -> const boost::json::array* {
    const auto* value = body.is_object() ? body.get_object().if_contains(name) : nullptr;
    if (value == nullptr || value->is_null()) return nullptr;
    if (!value->is_array()) fields.complain(fmt::format("{} must be an array", name));
    return value->if_array();
  };
  if (const auto* ids = list_of("assetIds")) {
    for (const auto& id : *ids) {
      const auto* number = id.if_int64();
      if (number == nullptr || *number < 1 || *number > std::numeric_limits<Id>::max()) {
        fields.complain("each value in assetIds must be an integer number");
        break;
      }
      wanted.ids.push_back(static_cast<Id>(*number));
    }
  }
  if (const auto* paths = list_of("files")) {
    for (const auto& path : *paths) {
      if (!path.is_string() || std::string_view(path.get_string()).contains('\0')) {
        fields.complain("each value in files must be a string");
        break;
      }
      wanted.paths.emplace_back(path.get_string());
    }
  }
  if (auto checked = fields.check(); !checked) return std::unexpected(std::move(checked).error());
  std::ranges::sort(wanted.ids);
  wanted.ids.erase(std::ranges::unique(wanted.ids).begin(), wanted.ids.end());
  std::ranges::sort(wanted.paths);
  wanted.paths.erase(std::ranges::unique(wanted.paths).begin(), wanted.paths.end());
  if (wanted.ids.empty() && wanted.paths.empty()) return invalid({"assetIds should not be empty"});
  if (wanted.ids.size() + wanted.paths.size() > files_max) {
    return invalid({fmt::format("assetIds must contain no more than {} elements", files_max)});
  }
  return wanted;
}

bool is_compressible(std::string_view type) {
  return type.starts_with("text/") || type.ends_with("xml") || type.ends_with("json") || type.ends_with("javascript") ||
         type == "image/bmp" || type == "application/pdf";
}

// The entries of what was found; 404 where something was not, or its file is not there.
Result<std::vector<Entry>> entries_of(const pg::Rows<File>& rows, const Wanted& wanted, const Services& services) {
  std::vector<Entry> entries;
  std::set<std::string, std::less<>> taken;
  std::set<Id> ids(wanted.ids.begin(), wanted.ids.end());
  std::set<std::string, std::less<>> paths(wanted.paths.begin(), wanted.paths.end());
  std::int64_t bytes = 0;
  for (int i = 0; i < rows.size(); ++i) {
    const File file = rows[i];
    ids.erase(file.id);
    if (const auto found = paths.find(file.file_path); found != paths.end()) paths.erase(found);
    const auto at = location_of(file, *services.storage);
    // (What is behind a network is not asked for one by one: a row has its file.)
    if (!at || (!at->store.is_remote() && !at->store.open(at->name))) {
      auto problem = missing_file(std::string(file.file_path));
      problem.error().message = fmt::format("The file of asset {} is missing", file.id);
      return problem;
    }
    bytes += file.size;
    entries.push_back({.name = entry_name(file, taken),
                       .store = &at->store,
                       .file = at->name,
                       .is_compressible = is_compressible(file.mime_type),
                       .time = dos_time(file.upload_date)});
  }
  if (!ids.empty() || !paths.empty()) return not_found("One or more assets not found or not accessible");
  if (bytes > bytes_max) {
    return std::unexpected(Problem{.status = 413,
                                   .code = "asset.zip_too_large",
                                   .message = "These files are too large for one ZIP archive",
                                   .remedy = fmt::format("Choose files of at most {} bytes together", bytes_max)});
  }
  return entries;
}

}  // namespace

Task<Result<Response>> zip(Request& request, const Caller& caller, const Services& services) {
  const auto wanted = co_await read_wanted(co_await http::read_json(request));
  const Texts paths(wanted.paths.begin(), wanted.paths.end());
  const auto rows = co_await services.databases.here().read(zip_files, caller.tenant, wanted.ids, paths);
  auto entries = co_await services.files.run(services.here(), [&] { return entries_of(rows, wanted, services); });
  auto stream = std::make_unique<ZipStream>(std::move(entries), services);
  co_await stream->begin();
  Response response = Response::streamed("application/zip", std::move(stream));
  response.status = 201;
  response.headers.emplace_back("Content-Disposition", content_disposition("attachment", "my-assets.zip"));
  co_return response;
}

}  // namespace pim::media::assets
