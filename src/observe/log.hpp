// The log: one JSON object a line, for people with grep and for programs.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "json/writer.hpp"

namespace pim::observe {

enum class Level : std::uint8_t { debug, info, warn, error };

// Writes to <folder>/pixelpim.log from now on, in files of 32 MiB, of which eight are kept. Without this call the
// log goes to standard error. Lines below `lowest` are dropped.
Result<void> open_log(const std::filesystem::path& folder, Level lowest);
// The files that the log in `folder` may have, the youngest first.
std::vector<std::filesystem::path> log_files(const std::filesystem::path& folder);
// Everything that was logged is in the file when it returns.
void flush_log();
bool is_logged(Level level) noexcept;

// One line, written at the end of its scope: Line(Level::info, "server.started").add("port", 3000);
class Line {
 public:
  Line(Level level, std::string_view event);
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line();

  template <class T>
  Line& add(std::string_view key, const T& value) {
    object_.add(key, value);
    return *this;
  }

 private:
  static std::string with_room() {
    std::string text;
    text.reserve(512);
    return text;
  }
  Level level_;
  std::string text_ = with_room();
  json::Object object_;
};

}  // namespace pim::observe
