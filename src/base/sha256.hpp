// SHA-256, in hexadecimal.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace pim {

std::string sha256_of(std::string_view bytes);
Result<std::string> sha256_of_file(const std::filesystem::path& file);
// Copies a file, on the disk for good when it returns; gives the hash of what was copied.
Result<std::string> copy_file_hashed(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace pim
