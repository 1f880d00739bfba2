// What a download is called.
#pragma once

#include <string>
#include <string_view>

namespace pim::http {

// The value of a Content-Disposition header (RFC 6266) that makes the client keep the body under `file_name`, a name
// in UTF-8 that may come from anybody: what could leave a folder or end the header is taken out of it. A name of
// which nothing stays is "download".
std::string attachment(std::string_view file_name);

}  // namespace pim::http
