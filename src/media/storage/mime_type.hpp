// What a file is, by its bytes: its name and what a client says of it prove nothing.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace pim::media {

// "image/png"; "application/octet-stream" where nobody knows.
Result<std::string> mime_type_of(const std::filesystem::path& file);

// Images that thumbnails are made of.
bool has_thumbnails(std::string_view mime_type) noexcept;

// May a browser show it in a page of ours? Not what could run as a page or a script there.
bool is_shown_inline(std::string_view mime_type) noexcept;

}  // namespace pim::media
