// What S3 answers in XML: flat, and without attributes where it matters here.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace pim::media {

// The texts of the elements of a name, as they stand there.
std::vector<std::string_view> elements(std::string_view xml, std::string_view name);
// The text of the first one, without escapes; "" where there is none.
std::string element(std::string_view xml, std::string_view name);
// "2026-11-25T12:00:00.000Z"; now where it is none.
std::chrono::sys_seconds s3_time_of(std::string_view text);

}  // namespace pim::media
