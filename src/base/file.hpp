// Whole files, as bytes.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace pim {

Result<std::string> read_file(const std::filesystem::path& file);

// Everything, to an open descriptor; false leaves the reason in errno.
bool write_all(int descriptor, std::string_view bytes);

}  // namespace pim
