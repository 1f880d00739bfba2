// Makes the thumbnails of one image, in a process of its own that is allowed little: what an image does to its decoder,
// it does to nobody else.
#pragma once

#include <filesystem>
#include <string>

namespace pim::media {

// What the program of thumbnails ends with.
inline constexpr int thumbnails_made = 0, thumbnails_refused = 3;

// The whole life of that process: limits itself, gives up its rights, decodes `source`, and writes <target>-<size>.webp
// for each size. Prints "<width> <height>", or why the image is refused.
int thumbnail_worker(const std::filesystem::path& source, const std::string& mime_type, const std::string& target);

}  // namespace pim::media
