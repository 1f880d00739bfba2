#include "observe/log.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <fstream>

namespace pim::observe {
namespace {

constexpr std::size_t file_bytes_max = 32 * 1024 * 1024;
constexpr std::size_t files_kept = 8;
constexpr auto log_name = "pixelpim.log";
constexpr auto flush_interval = std::chrono::seconds{1};

std::shared_ptr<spdlog::logger> make_logger(spdlog::sink_ptr sink) {
  auto logger = std::make_shared<spdlog::logger>("pixelpim", std::move(sink));
  logger->set_pattern("%v");             // a line is whole JSON already
  logger->flush_on(spdlog::level::err);  // not on warnings: under overload each refusal is one
  return logger;
}

std::shared_ptr<spdlog::logger>& logger() {
  static auto current = make_logger(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  return current;
}

spdlog::level::level_enum spdlog_level(Level level) {
  constexpr spdlog::level::level_enum levels[] = {spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                                                  spdlog::level::err};
  return levels[static_cast<std::size_t>(level)];
}

std::string_view name_of(Level level) {
  constexpr std::string_view names[] = {"debug", "info", "warn", "error"};
  return names[static_cast<std::size_t>(level)];
}

// A program that was killed may have left half a line behind: what comes next stands on one of its own.
void end_last_line(const std::filesystem::path& file) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  if (!stream.seekg(-1, std::ios::end) || stream.get() == '\n') return;
  stream.seekp(0, std::ios::end);
  stream.put('\n');
}

}  // namespace

std::vector<std::filesystem::path> log_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files{folder / log_name};
  for (std::size_t i = 1; i <= files_kept; ++i) {
    files.emplace_back(spdlog::sinks::rotating_file_sink_mt::calc_filename((folder / log_name).string(), i));
  }
  return files;
}

Result<void> open_log(const std::filesystem::path& folder, Level lowest) {
  try {
    std::filesystem::create_directories(folder);
    end_last_line(folder / log_name);
    logger() = make_logger(std::make_shared<spdlog::sinks::rotating_file_sink_mt>((folder / log_name).string(),
                                                                                  file_bytes_max, files_kept));
  } catch (const std::exception& error) {
    return failure(fmt::format("The log can't be written in {}: {}", folder.string(), error.what()),
                   "Give this user the right to write there, or name another folder with --state.");
  }
  logger()->set_level(spdlog_level(lowest));
  spdlog::register_logger(logger());
  spdlog::flush_every(flush_interval);
  return {};
}

void flush_log() { logger()->flush(); }
bool is_logged(Level level) noexcept { return logger()->should_log(spdlog_level(level)); }

Line::Line(Level level, std::string_view event) : level_(level), object_(text_) {
  object_.add("time", std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()))
      .add("level", name_of(level))
      .add("event", event);
}

Line::~Line() {
  object_.close();
  logger()->log(spdlog_level(level_), spdlog::string_view_t(text_));
}

}  // namespace pim::observe
