// The file that a full rollback leaves: a JSON object a line. The first says what it is, the last how many there are.
#pragma once

#include <filesystem>
#include <string>

#include "base/problem.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::rollback {

struct Archive {
  std::filesystem::path file;
  std::string sha256;
  std::int64_t lines = 0;
};

// What is in rollback_archive becomes a file, on the disk for good when it returns.
Result<Archive> write_archive(pg::Blocking& connection, const std::filesystem::path& folder, const std::string& head);
// The other way round. Empty `sha256`: it is not compared.
Result<Archive> read_archive(pg::Blocking& connection, const std::filesystem::path& file, const std::string& sha256);

}  // namespace pim::ops::rollback
