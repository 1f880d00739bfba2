#include "jobs/thumbnails.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <fstream>

#include "media/storage/thumbnail_name.hpp"
#include "media/thumbnails/worker.hpp"
#include "observe/log.hpp"
#include "sql/jobs.hpp"

namespace pim::jobs {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::chrono::milliseconds thumbnail_pause = 300ms, thumbnail_pause_without_database = 2s;
constexpr auto time_max = 40s;  // for one image; the process has a limit of its own for what it computes
constexpr std::int64_t tries_max = 3;

// How the process of one image ended, and what it said.
struct Outcome {
  int code = -1;  // -1: it was killed, or could not be started
  std::string said;
};

// Runs this program again, as the worker. It has no environment, and no file of ours but the one that it writes to.
Outcome run_worker(const fs::path& source, const std::string& mime_type, const std::string& target,
                   const std::stop_token& stop) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::string program = "/proc/self/exe", word = "thumbnail-worker", source_text = source, type = mime_type,
              to = target;
  std::array<char*, 6> arguments{program.data(), word.data(), source_text.data(), type.data(), to.data(), nullptr};
  std::array<char*, 1> environment{nullptr};
  pid_t child = -1;
  const int spawned = ::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  Outcome outcome;
  const auto end = std::chrono::steady_clock::now() + time_max;
  while (spawned == 0) {
    pollfd waits{pipe[0], POLLIN, 0};
    ::poll(&waits, 1, 100);
    std::array<char, 512> bytes{};
    const ssize_t size = waits.revents == 0 ? -1 : ::read(pipe[0], bytes.data(), bytes.size());
    if (size > 0 && outcome.said.size() < 4096) outcome.said.append(bytes.data(), static_cast<std::size_t>(size));
    if (size == 0) break;
    if (stop.stop_requested() || std::chrono::steady_clock::now() > end) {
      ::kill(child, SIGKILL);
      break;
    }
  }
  ::close(pipe[0]);
  int status = 0;
  if (spawned == 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status)) outcome.code = WEXITSTATUS(status);
  while (outcome.said.ends_with('\n')) outcome.said.pop_back();
  return outcome;
}

void remove_files(const std::string& target) {
  for (const int size : media::thumbnail_sizes) {
    std::error_code ignored;
    fs::remove(fmt::format("{}-{}.webp", target, size), ignored);
  }
}

}  // namespace

ThumbnailMaker::ThumbnailMaker(std::string database_url, std::shared_ptr<const media::Storage> storage)
    : database_url_(std::move(database_url)),
      storage_(std::move(storage)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void ThumbnailMaker::wait(const std::stop_token& stop, std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, stop, time, [] { return false; });
}

void ThumbnailMaker::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    auto connection = pg::Blocking::connect(database_url_, "-c application_name=pixelpim-thumbnails");
    while (connection && !stop.stop_requested() && make_due(*connection, stop)) wait(stop, thumbnail_pause);
    wait(stop, thumbnail_pause_without_database);
  }
}

bool ThumbnailMaker::make_due(pg::Blocking& connection, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto claimed = connection.query(std::string(sql::jobs::claim_thumbnails));
    if (!claimed) return false;
    if (claimed->empty()) return true;
    const Wanted wanted{.hash = std::string(claimed->text(0, 0)),
                        .place = std::string(claimed->text(0, 1)),
                        .key = std::string(claimed->text(0, 2)),
                        .mime_type = std::string(claimed->text(0, 3)),
                        .tries = claimed->number(0, 4)};
    if (!make(connection, wanted, stop)) return false;
  }
  return true;
}

Result<void> ThumbnailMaker::fetch(const Wanted& wanted, const fs::path& target) const {
  const media::Store& store = storage_->of(wanted.place);
  auto file = store.open(store.name_of(wanted.key));
  if (!file) return std::unexpected(std::move(file).error());
  std::ofstream copy(target, std::ios::binary | std::ios::trunc);
  std::string piece;
  for (std::uint64_t at = 0; at < (*file)->size(); at += piece.size()) {
    const std::size_t size = std::min<std::uint64_t>((*file)->piece_bytes(), (*file)->size() - at);
    if (auto read = (*file)->read(at, size, piece); !read) return read;
    copy.write(piece.data(), static_cast<std::streamsize>(piece.size()));
  }
  copy.close();
  if (!copy) return media::file_problem(target, ENOSPC);
  return {};
}

// Under other names first: a thumbnail that is there is whole.
Result<void> ThumbnailMaker::keep(const Wanted& wanted, const std::string& made) const {
  const media::Store& store = storage_->of_thumbnails(wanted.place);
  for (const int size : media::thumbnail_sizes) {
    auto put = store.put(fmt::format("{}-{}.webp", made, size), media::thumbnail_name(wanted.key, size), "image/webp");
    if (!put) return put;
  }
  return {};
}

void ThumbnailMaker::remove_kept(const Wanted& wanted) const {
  for (const int size : media::thumbnail_sizes) {
    if (!storage_->of_thumbnails(wanted.place).remove(media::thumbnail_name(wanted.key, size))) return;
  }
}

bool ThumbnailMaker::make(pg::Blocking& connection, const Wanted& wanted, const std::stop_token& stop) {
  const media::Store& store = storage_->of(wanted.place);
  const fs::path making = storage_->folder().root() / "thumbnails" / "making";
  std::error_code error;
  fs::create_directories(making, error);
  const std::string target = making / wanted.hash;
  const auto here = store.path_of(store.name_of(wanted.key));
  const fs::path source = here.value_or(target + ".image");
  Result<void> there = here ? Result<void>() : fetch(wanted, source);
  const Outcome outcome = there ? run_worker(source, wanted.mime_type, target, stop) : Outcome{};
  if (!here) fs::remove(source, error);
  observe::Line line(outcome.code == media::thumbnails_made ? observe::Level::info : observe::Level::warn,
                     "thumbnails");
  line.add("content", wanted.hash).add("code", outcome.code).add("said", outcome.said).add("try", wanted.tries);
  int width = 0, height = 0;
  const char* const end = outcome.said.data() + outcome.said.size();
  const auto first = std::from_chars(outcome.said.data(), end, width);
  if (outcome.code == media::thumbnails_made && first.ptr != end) std::from_chars(first.ptr + 1, end, height);
  const bool is_made = outcome.code == media::thumbnails_made && height > 0;
  if (is_made) there = keep(wanted, target);
  remove_files(target);
  if (!there) line.add("trouble", there.error().detail);
  if (stop.stop_requested()) return true;
  if (!there && there.error().status >= 500) return true;  // again, in two minutes
  if (is_made) {
    const auto noted =
        connection.query(std::string(sql::jobs::finish_thumbnails),
                         {wanted.hash, std::to_string(width), std::to_string(height), wanted.place, wanted.key});
    if (noted && noted->empty()) remove_kept(wanted);  // the content went meanwhile, or is elsewhere now
    return noted.has_value();
  }
  if (outcome.code != media::thumbnails_refused && wanted.tries < tries_max) return true;
  const std::string why = outcome.code == media::thumbnails_refused
                              ? outcome.said
                              : "The image could not be decoded within the memory and time that an image may take";
  return connection.query(std::string(sql::jobs::refuse_thumbnails), {wanted.hash, why}).has_value();
}

}  // namespace pim::jobs
