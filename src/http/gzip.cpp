#include "http/gzip.hpp"

#include <zlib.h>

namespace pim::http {

bool accepts_encoding(std::string_view accept_encoding, std::string_view coding) {
  const std::size_t at = accept_encoding.find(coding);
  if (at == std::string_view::npos) return false;
  // "gzip;q=0" refuses it.
  const std::string_view rest = accept_encoding.substr(at + coding.size());
  return !rest.starts_with(";q=0") || rest.starts_with(";q=0.");
}

std::optional<std::string> gzip(std::string_view bytes) {
  constexpr int fastest = 1, gzip_window = 15 + 16, memory_level = 8;
  z_stream stream{};
  if (deflateInit2(&stream, fastest, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
    return std::nullopt;
  }
  std::string compressed(bytes.size(), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads it
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  const int result = deflate(&stream, Z_FINISH);
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) return std::nullopt;
  return compressed;
}

}  // namespace pim::http
