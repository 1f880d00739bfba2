#include "exchange/path.hpp"

#include "base/text.hpp"
#include "catalog/products/rules.hpp"

namespace pim::exchange {
namespace {

constexpr std::string_view special = "/|\\";

}  // namespace

std::string path_text(const Path& path) {
  std::string text;
  for (const std::string& level : path) {
    if (!text.empty()) text += '/';
    for (const char c : level) {
      if (special.contains(c)) text += '\\';
      text += c;
    }
  }
  return text;
}

std::string paths_text(const std::vector<Path>& paths) {
  std::string text;
  for (const Path& path : paths) {
    if (!text.empty()) text += '|';
    text += path_text(path);
  }
  return text;
}

std::vector<Path> read_paths(std::string_view text) {
  std::vector<Path> paths(1);
  std::string level;
  const auto end_level = [&] {
    if (const auto name = trimmed(level); !name.empty()) paths.back().emplace_back(name);
    level.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && special.contains(text[i + 1])) {
      level += text[++i];
    } else if (text[i] == '/') {
      end_level();
    } else if (text[i] == '|') {
      end_level();
      if (!paths.back().empty()) paths.emplace_back();
    } else {
      level += text[i];
    }
  }
  end_level();
  if (paths.back().empty()) paths.pop_back();
  return paths;
}

Path read_path(std::string_view text) {
  auto paths = read_paths(text);
  return paths.empty() ? Path{} : std::move(paths.front());
}

}  // namespace pim::exchange
