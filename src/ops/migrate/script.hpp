// SQL scripts as statements and words: enough to run them one by one, and to say what they do to tables.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace pim::ops::migrate {

struct Step {
  std::string text;                // without the semicolon
  std::vector<std::string> words;  // WORDS in capitals, "Names" with their quotes, 'texts', $bodies$ as "$$", and signs
  bool repeats = false;            // below a line `-- repeat`: run again until it changes no row

  bool begins(std::initializer_list<std::string_view> prefix) const;
  bool has(std::initializer_list<std::string_view> sequence) const;
  // The name at `at` without its quotes, and without a schema before it.
  std::string name_at(std::size_t at) const;
  // Where a CREATE INDEX CONCURRENTLY: the name of the index; else "".
  std::string concurrent_index() const;
};

std::vector<Step> steps_of(std::string_view script);

// Its first line that is not empty says `-- steps`: each statement commits by itself.
bool runs_in_steps(std::string_view script);

}  // namespace pim::ops::migrate
