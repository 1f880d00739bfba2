#include "jobs/file_removal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "media/storage/thumbnail_path.hpp"
#include "observe/log.hpp"
#include "sql/jobs.hpp"

namespace pim::jobs {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::chrono::milliseconds pause = 500ms, pause_without_database = 2s;
constexpr auto sweep_interval = 1h;
constexpr auto incoming_age_max = 24h;

}  // namespace

FileRemover::FileRemover(std::string database_url, std::shared_ptr<const media::Folder> folder, fs::path uploads)
    : database_url_(std::move(database_url)),
      folder_(std::move(folder)),
      uploads_(std::move(uploads)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void FileRemover::wait(const std::stop_token& stop, std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, stop, time, [] { return false; });
}

void FileRemover::run(const std::stop_token& stop) {
  auto swept = std::chrono::steady_clock::time_point{};
  while (!stop.stop_requested()) {
    auto connection = pg::Blocking::connect(database_url_, "-c application_name=pixelpim-files");
    while (connection && !stop.stop_requested() && decide(*connection, stop) && remove_due(*connection)) {
      if (const auto now = std::chrono::steady_clock::now(); now - swept > sweep_interval) {
        swept = now;
        sweep_incoming();
      }
      wait(stop, pause);
    }
    wait(stop, pause_without_database);
  }
}

bool FileRemover::decide(pg::Blocking& connection, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto decided = connection.query(std::string(sql::jobs::decide_file_removal));
    if (decided && decided->number(0, 0) == 0) return true;
    // Somebody has just taken the content again: asked once more, the word is dropped.
    if (!decided && decided.error().sqlstate != "23503") return false;
  }
  return true;
}

bool FileRemover::remove_due(pg::Blocking& connection) {
  const auto due = connection.query(std::string(sql::jobs::next_file_removals));
  if (!due) return false;
  for (int row = 0; row < due->size(); ++row) {
    const std::string id(due->text(row, 0));
    const auto removed = remove(due->text(row, 1), due->text(row, 2));
    observe::Line line(removed ? observe::Level::info : observe::Level::warn,
                       removed ? "file.removed" : "file.not_removed");
    line.add("place", due->text(row, 1)).add("key", due->text(row, 2));
    if (!removed) line.add("trouble", removed.error().detail);
    const auto noted =
        connection.query(std::string(removed ? sql::jobs::finish_file_removal : sql::jobs::delay_file_removal), {id});
    if (!noted) return false;
  }
  return true;
}

Result<void> FileRemover::remove(std::string_view place, std::string_view key) const {
  for (const int size : media::thumbnail_sizes) {
    std::error_code ignored;
    fs::remove(media::thumbnail_path(*folder_, key, size), ignored);
  }
  if (place == "local") return folder_->remove(key);
  if (uploads_.empty()) return internal("uploads_folder is not set");
  const fs::path path = uploads_ / key;
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return media::file_problem(path, errno);
  return {};
}

void FileRemover::sweep_incoming() const {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_->incoming(), error)) {
    const auto changed = entry.last_write_time(error);
    if (!error && fs::file_time_type::clock::now() - changed > incoming_age_max) fs::remove(entry.path(), error);
  }
}

}  // namespace pim::jobs
