// A row of a file, whatever the file's form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pim::exchange {

struct Row {
  static constexpr std::size_t no_field = static_cast<std::size_t>(-1);

  std::int64_t line = 0;                 // where it begins; the first line of the file is 1
  std::vector<std::string_view> fields;  // valid until the reader's next call
  std::string trouble;                   // why it can't be used; empty where it can
  std::size_t trouble_field = no_field;  // the field that the trouble is about, or no_field: the whole row
};

}  // namespace pim::exchange
