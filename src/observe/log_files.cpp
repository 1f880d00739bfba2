#include "observe/log_files.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <ranges>
#include <thread>
#include <vector>

#include "json/reader.hpp"
#include "observe/log.hpp"

namespace pim::observe {
namespace {

constexpr std::size_t log_piece_bytes = 256 * 1024;
constexpr auto follow_pause = std::chrono::milliseconds{250};

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

struct LogFile {
  std::unique_ptr<std::FILE, CloseFile> file;
  struct stat state{};
  std::string rest{};  // the beginning of a line whose end is not there yet

  bool is_same(const struct stat& other) const noexcept {
    return state.st_ino == other.st_ino && state.st_dev == other.st_dev;
  }
};

// Those that are younger than `last`, oldest first; all where it is null. They are opened from the youngest on: one
// that moves on meanwhile, because a new one is begun, is met a second time then, and none is missed.
Result<std::vector<LogFile>> open_younger(const std::filesystem::path& folder, const LogFile* last) {
  std::vector<LogFile> files;
  for (const std::filesystem::path& path : log_files(folder)) {
    LogFile opened{.file{std::fopen(path.c_str(), "re")}};
    if (!opened.file && errno == ENOENT) continue;
    if (!opened.file || ::fstat(fileno(opened.file.get()), &opened.state) != 0) {
      return failure(fmt::format("{} can't be read: {}", path.string(), std::strerror(errno)),
                     "Run this as root, or as the user that the service runs as.");
    }
    if (last != nullptr && last->is_same(opened.state)) break;
    if (!std::ranges::any_of(files, [&](const LogFile& other) { return other.is_same(opened.state); })) {
      files.push_back(std::move(opened));
    }
  }
  std::ranges::reverse(files);
  return files;
}

// The program writes time and level first: {"time":"2026-03-01T10:00:00.000Z","level":"info",… A quotation mark
// within a value has a backslash before it, so that what is looked for can't stand in one.
class Wanted {
 public:
  explicit Wanted(const LogFilter& filter)
      : since_(filter.since ? fmt::format(R"({{"time":"{:%Y-%m-%dT%H:%M:%S}Z")",
                                          std::chrono::floor<std::chrono::milliseconds>(*filter.since))
                            : ""),
        request_(filter.request.empty() ? "" : fmt::format(R"("requestId":"{}")", filter.request)),
        only_trouble_(filter.only_trouble) {}

  bool operator()(std::string_view line) const {
    if (line < since_) return false;
    if (only_trouble_ && !line.contains(R"("level":"warn")") && !line.contains(R"("level":"error")")) return false;
    return line.contains(request_);
  }

 private:
  std::string since_, request_;
  bool only_trouble_;
};

// What is there of a file, from where it was read to.
void read_on(LogFile& log, const Wanted& wanted, const std::function<void(std::string_view)>& line) {
  std::string piece(log_piece_bytes, '\0');
  for (;;) {
    const std::size_t size = std::fread(piece.data(), 1, piece.size(), log.file.get());
    if (size == 0) break;
    log.rest.append(piece, 0, size);
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = log.rest.find('\n', begin)) != std::string::npos; begin = end + 1) {
      const std::string_view one(log.rest.data() + begin, end - begin);
      if (wanted(one)) line(one);
    }
    log.rest.erase(0, begin);
  }
  std::clearerr(log.file.get());
}

bool is_older_than(const LogFile& log, const LogFilter& filter) {
  return filter.since &&
         std::chrono::system_clock::from_time_t(log.state.st_mtime) + std::chrono::seconds{1} < *filter.since;
}

}  // namespace

Result<void> read_log(const std::filesystem::path& folder, const LogFilter& filter, bool follow,
                      const std::function<void(std::string_view)>& line) {
  const Wanted wanted(filter);
  auto files = open_younger(folder, nullptr);
  if (!files) return std::unexpected(files.error());
  if (files->empty()) {
    return failure(fmt::format("There is no log in {} yet.", folder.string()),
                   "The server writes it there once it runs; --state or PIXELPIM_STATE names another installation.");
  }
  for (;;) {
    for (LogFile& log : *files) {
      if (!is_older_than(log, filter)) read_on(log, wanted, line);
    }
    if (!follow) return {};
    files->erase(files->begin(), files->end() - 1);
    std::this_thread::sleep_for(follow_pause);
    auto younger = open_younger(folder, &files->back());
    if (!younger) return std::unexpected(younger.error());
    std::ranges::move(*younger, std::back_inserter(*files));
  }
}

std::string readable(std::string_view line) {
  const auto read = json::read(line);
  if (!read || !read->is_object()) return std::string(line);
  std::string time, level, event, rest;
  for (const auto& [name, value] : read->get_object()) {
    const std::string text = value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
    if (name == "time") {
      time = text;
    } else if (name == "level") {
      level = text;
    } else if (name == "event") {
      event = text;
    } else {
      // What has spaces, or marks of its own, stands in quotation marks.
      const bool is_word = !text.empty() && text.find_first_of(" \"=\n") == std::string::npos;
      fmt::format_to(std::back_inserter(rest), " {}={}", std::string_view(name),
                     is_word ? text : boost::json::serialize(boost::json::string(text)));
    }
  }
  return fmt::format("{} {:<5} {}{}", time, level, event, rest);
}

}  // namespace pim::observe
