// Puts records into the temporary tables of an import, some hundred at a time.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>

#include "exchange/record.hpp"
#include "pg/blocking.hpp"

namespace pim::exchange {

class Stage {
 public:
  explicit Stage(pg::Blocking& connection) : connection_(connection) {}

  pg::Outcome<void> begin();
  pg::Outcome<void> add(std::int64_t line, const Record& record);
  // An attribute of the file: the name that it would be made under, and its type where the file says it. False where
  // there are too many.
  bool note_attribute(const std::string& name, const std::string& clean, std::string_view type);
  pg::Outcome<void> reject(std::int64_t line, std::string_view reason);
  // Sends what is left.
  pg::Outcome<void> end();
  int deepest_category() const noexcept { return deepest_category_; }

 private:
  pg::Outcome<void> flush_when_full();
  pg::Outcome<void> flush();
  pg::Outcome<void> copy(const char* target, std::string& rows);

  pg::Blocking& connection_;
  std::string rows_, values_, categories_, families_, links_, rejects_, names_;  // in the text form of COPY
  std::unordered_set<std::string> names_noted_;
  std::int64_t entries_ = 0;
  int deepest_category_ = 0;
};

}  // namespace pim::exchange
