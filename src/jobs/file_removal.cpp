#include "jobs/file_removal.hpp"

#include <chrono>
#include <filesystem>

#include "media/storage/thumbnail_name.hpp"
#include "observe/log.hpp"
#include "sql/jobs.hpp"

namespace pim::jobs {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::chrono::milliseconds pause = 500ms, pause_without_database = 2s;
constexpr auto sweep_interval = 1h, unfinished_age_max = 24h;
constexpr auto probe_interval = 30s;

}  // namespace

FileRemover::FileRemover(std::string database_url, std::shared_ptr<const media::Storage> storage)
    : database_url_(std::move(database_url)),
      storage_(std::move(storage)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void FileRemover::wait(const std::stop_token& stop, std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, stop, time, [] { return false; });
}

void FileRemover::run(const std::stop_token& stop) {
  // At once: that clock begins when the machine does, which may be less than an interval ago.
  auto sweep_at = std::chrono::steady_clock::now(), probe_at = sweep_at;
  while (!stop.stop_requested()) {
    auto connection = pg::Blocking::connect(database_url_, "-c application_name=pixelpim-files");
    while (connection && !stop.stop_requested() && decide(*connection, stop) && remove_due(*connection, stop)) {
      const auto now = std::chrono::steady_clock::now();
      if (now >= sweep_at) {
        sweep_at = now + sweep_interval;
        sweep();
      }
      if (storage_->s3().is_configured() && now >= probe_at) {
        probe_at = now + probe_interval;
        probe();
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

bool FileRemover::remove_due(pg::Blocking& connection, const std::stop_token& stop) {
  const auto due = connection.query(std::string(sql::jobs::next_file_removals));
  if (!due) return false;
  for (int row = 0; row < due->size() && !stop.stop_requested(); ++row) {
    const std::string id(due->text(row, 0));
    const auto removed = remove(due->text(row, 1), due->text(row, 2));
    observe::Line line(removed ? observe::Level::info : observe::Level::warn,
                       removed ? "file.removed" : "file.not_removed");
    line.add("place", due->text(row, 1)).add("key", due->text(row, 2));
    if (!removed) line.add("trouble", removed.error().detail);
    const auto noted =
        connection.query(std::string(removed ? sql::jobs::finish_file_removal : sql::jobs::delay_file_removal), {id});
    if (!noted) return false;
    if (!removed && removed.error().status == 503) return true;  // the others would fare no better now
  }
  return true;
}

Result<void> FileRemover::remove(std::string_view place, std::string_view key) const {
  const media::Store& thumbnails = storage_->of_thumbnails(place);
  for (const int size : media::thumbnail_sizes) {
    if (auto removed = thumbnails.remove(media::thumbnail_name(key, size)); !removed) return removed;
  }
  const media::Store& store = storage_->of(place);
  return store.remove(store.name_of(key));
}

void FileRemover::probe() const {
  if (const auto probed = storage_->s3().probe(); !probed) {
    observe::Line(observe::Level::error, "storage.unavailable")
        .add("message", probed.error().message)
        .add("trouble", probed.error().detail);
  }
}

void FileRemover::sweep() const {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(storage_->folder().incoming(), error)) {
    const auto changed = entry.last_write_time(error);
    if (!error && fs::file_time_type::clock::now() - changed > unfinished_age_max) fs::remove(entry.path(), error);
  }
  if (!storage_->s3().is_configured()) return;
  if (const auto aborted = storage_->s3().abort_uploads(unfinished_age_max); !aborted) {
    observe::Line(observe::Level::warn, "storage.not_swept").add("trouble", aborted.error().detail);
  }
}

}  // namespace pim::jobs
