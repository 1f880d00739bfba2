#include "ops/rollback/archive.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/sha256.hpp"
#include "ops/journal.hpp"

namespace pim::ops::rollback {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view declare_lines =
    "DECLARE archive_line NO SCROLL CURSOR FOR SELECT a.line::text FROM pg_temp.rollback_archive a ORDER BY a.number";

std::unexpected<Problem> not_written(const fs::path& file, int error) {
  return failure(
      fmt::format("The archive {} can't be written: {}. Nothing was changed.", file.string(), std::strerror(error)),
      "Make room or give the right to write there (PIXELPIM_STATE), and run the command again.");
}

// A file that only its owner may read: there are passwords' hashes in it.
class Output {
 public:
  explicit Output(const fs::path& file)
      : descriptor_(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR)) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  bool put(std::string_view bytes) {
    hash_.add(bytes);
    while (!bytes.empty()) {
      const auto written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return descriptor_ >= 0;
  }
  bool sync() const { return descriptor_ >= 0 && ::fsync(descriptor_) == 0; }
  std::string hash() { return hash_.end(); }

 private:
  int descriptor_;
  Sha256 hash_;
};

bool sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  return is_synced;
}

std::string file_name() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "trash_%Y%m%d_%H%M%S.jsonl", &parts);
  return text;
}

// All lines, a piece at a time; nothing where the disk has no room (errno).
pg::Outcome<bool> put_lines(pg::Blocking& connection, Output& output, std::int64_t& lines) {
  if (auto declared = connection.script(std::string(declare_lines)); !declared)
    return std::unexpected(declared.error());
  for (;;) {
    auto rows = connection.query("FETCH 1000 FROM archive_line");
    if (!rows) return std::unexpected(std::move(rows).error());
    if (rows->empty()) break;
    std::string piece;
    for (int i = 0; i < rows->size(); ++i) (piece += rows->text(i, 0)) += '\n';
    lines += rows->size();
    if (!output.put(piece)) return false;
  }
  if (auto closed = connection.script("CLOSE archive_line"); !closed) return std::unexpected(closed.error());
  return true;
}

// As COPY reads it.
std::string escaped(std::string_view line) {
  std::string text;
  for (const char c : line) {
    if (c == '\\') text += '\\';
    text += c;
  }
  return text;
}

std::unexpected<Problem> damaged(const fs::path& file, std::string_view why) {
  return failure(
      fmt::format("The archive {} is not whole: {}. Nothing was changed.", file.string(), why),
      "Take the copy of it that is as it was written; the rollback's entry in \"_pixelpim_journal\" has its SHA-256.");
}

}  // namespace

Result<Archive> write_archive(pg::Blocking& connection, const fs::path& folder, const std::string& head) {
  std::error_code error;
  fs::create_directories(folder, error);
  Archive archive{.file = folder / file_name()};
  const fs::path unfinished = folder / "unfinished.jsonl";  // of a run that was killed it is written anew
  Output output(unfinished);
  bool is_put = output.put(head + "\n");
  if (is_put) {
    auto put = put_lines(connection, output, archive.lines);
    if (!put) return operator_failure(put.error());
    is_put = *put;
  }
  is_put = is_put && output.put(fmt::format("{{\"lines\": {}}}\n", archive.lines)) && output.sync();
  if (!is_put) return not_written(unfinished, errno);
  archive.sha256 = output.hash();
  fs::rename(unfinished, archive.file, error);
  if (error || !sync_folder(folder)) return not_written(archive.file, error ? error.value() : errno);
  return archive;
}

Result<Archive> read_archive(pg::Blocking& connection, const fs::path& file, const std::string& sha256) {
  Archive archive{.file = file};
  auto hash = sha256_of_file(file);
  if (!hash) return std::unexpected(std::move(hash).error());
  if (!sha256.empty() && *hash != sha256) return damaged(file, "its SHA-256 is not the one that was noted");
  archive.sha256 = *std::move(hash);
  std::ifstream stream(file, std::ios::binary);
  std::string line, last;
  std::getline(stream, line);  // the head
  if (!line.contains("\"pixelpim\"")) return damaged(file, "it does not begin as an archive does");
  if (auto begun = connection.copy_begin("COPY pg_temp.rollback_archive (line) FROM STDIN"); !begun)
    return operator_failure(begun.error());
  while (std::getline(stream, line)) {
    if (!last.empty()) {
      if (auto put = connection.copy_put(escaped(last) + "\n"); !put) return operator_failure(put.error());
      ++archive.lines;
    }
    last = std::move(line);
  }
  auto copied = connection.copy_end();
  if (!copied) return operator_failure(copied.error());
  if (last != fmt::format("{{\"lines\": {}}}", archive.lines)) return damaged(file, "its end is missing");
  return archive;
}

}  // namespace pim::ops::rollback
