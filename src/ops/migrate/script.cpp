#include "ops/migrate/script.hpp"

#include <algorithm>
#include <cctype>

namespace pim::ops::migrate {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$'; }

// Reads a script from its start; `at_` never goes back.
class Reader {
 public:
  explicit Reader(std::string_view script) : script_(script) {}

  std::vector<Step> all() {
    while (at_ < script_.size()) next();
    end_step();
    return std::move(steps_);
  }

 private:
  void next() {
    const std::string_view rest = script_.substr(at_);
    if (std::isspace(static_cast<unsigned char>(rest.front())) != 0) return skip(1);
    if (rest.starts_with("--")) return comment(rest.substr(0, rest.find('\n')));
    if (rest.starts_with("/*")) return skip(block_comment(rest));
    if (rest.front() == ';') return end_step(), skip(1);
    if (step_.words.empty()) begin_ = at_;
    if (rest.front() == '"' || rest.front() == '\'') return quoted(rest);
    if (rest.front() == '$' && dollar_tag(rest) != 0) return dollar(rest, dollar_tag(rest));
    if (is_word(rest.front())) return word(rest);
    take(std::string(rest.substr(0, 1)), 1);
  }

  void take(std::string word, std::size_t size) {
    step_.words.push_back(std::move(word));
    skip(size);
    end_ = at_;
  }
  void skip(std::size_t size) { at_ = std::min(at_ + size, script_.size()); }

  void comment(std::string_view line) {
    if (step_.words.empty() && line.substr(2).find_first_not_of(' ') != std::string_view::npos &&
        line.substr(line.find_first_not_of(" -")).starts_with("repeat")) {
      step_.repeats = true;
    }
    skip(line.size());
  }

  // They nest.
  static std::size_t block_comment(std::string_view rest) {
    int depth = 0;
    for (std::size_t i = 0; i + 1 < rest.size(); ++i) {
      if (rest.substr(i, 2) == "/*")
        ++depth, ++i;
      else if (rest.substr(i, 2) == "*/" && (++i, --depth == 0))
        return i + 1;
    }
    return rest.size();
  }

  // A quote that is doubled stays inside; so does one behind a backslash in E'…'.
  void quoted(std::string_view rest) {
    const char quote = rest.front();
    const bool escapes = quote == '\'' && !step_.words.empty() && step_.words.back() == "E" && end_ == at_;
    std::size_t i = 1;
    for (; i < rest.size(); ++i) {
      if (escapes && rest[i] == '\\')
        ++i;
      else if (rest[i] == quote && i + 1 < rest.size() && rest[i + 1] == quote)
        ++i;
      else if (rest[i] == quote)
        break;
    }
    take(std::string(rest.substr(0, i + 1)), i + 1);
  }

  // The length of `$tag$`, or 0.
  static std::size_t dollar_tag(std::string_view rest) {
    std::size_t i = 1;
    while (i < rest.size() && rest[i] != '$' && is_word(rest[i])) ++i;
    const bool is_parameter = rest.size() > 1 && std::isdigit(static_cast<unsigned char>(rest[1])) != 0;
    return i < rest.size() && rest[i] == '$' && !is_parameter ? i + 1 : 0;
  }
  void dollar(std::string_view rest, std::size_t tag) {
    const std::size_t end = rest.find(rest.substr(0, tag), tag);
    take("$$", end == std::string_view::npos ? rest.size() : end + tag);
  }

  void word(std::string_view rest) {
    const auto end = std::ranges::find_if_not(rest, is_word);
    std::string text(rest.begin(), end);
    const std::size_t size = text.size();
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    take(std::move(text), size);
  }

  void end_step() {
    if (!step_.words.empty()) {
      step_.text = script_.substr(begin_, end_ - begin_);
      steps_.push_back(std::move(step_));
    }
    step_ = {};
  }

  std::string_view script_;
  std::size_t at_ = 0, begin_ = 0, end_ = 0;
  Step step_;
  std::vector<Step> steps_;
};

bool matches(const std::vector<std::string>& words, std::size_t at, std::initializer_list<std::string_view> sequence) {
  return at + sequence.size() <= words.size() &&
         std::ranges::equal(words.begin() + static_cast<std::ptrdiff_t>(at),
                            words.begin() + static_cast<std::ptrdiff_t>(at + sequence.size()), sequence.begin(),
                            sequence.end());
}

}  // namespace

bool Step::begins(std::initializer_list<std::string_view> prefix) const { return matches(words, 0, prefix); }

bool Step::has(std::initializer_list<std::string_view> sequence) const {
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (matches(words, at, sequence)) return true;
  }
  return false;
}

std::string Step::name_at(std::size_t at) const {
  while (at < words.size() &&
         (words[at] == "IF" || words[at] == "NOT" || words[at] == "EXISTS" || words[at] == "ONLY")) {
    ++at;
  }
  if (at + 2 < words.size() && words[at + 1] == ".") at += 2;
  if (at >= words.size()) return {};
  std::string name = words[at];
  if (name.starts_with('"')) return name.substr(1, name.size() - 2);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

std::string Step::concurrent_index() const {
  if (!begins({"CREATE"}) || !has({"INDEX", "CONCURRENTLY"})) return {};
  return name_at(words[1] == "UNIQUE" ? 4 : 3);
}

std::vector<Step> steps_of(std::string_view script) { return Reader(script).all(); }

bool runs_in_steps(std::string_view script) {
  const std::size_t begin = script.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return false;
  const std::string_view line = script.substr(begin, script.find('\n', begin) - begin);
  return line == "-- steps" || line.starts_with("-- steps:") || line.starts_with("-- steps ");
}

}  // namespace pim::ops::migrate
