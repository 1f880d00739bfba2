// Compresses answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pim::http {

// May an answer to a request with this Accept-Encoding be compressed with `coding`: "gzip", "br"?
bool accepts_encoding(std::string_view accept_encoding, std::string_view coding);
// nullopt when it would not become smaller.
std::optional<std::string> gzip(std::string_view bytes);

}  // namespace pim::http
