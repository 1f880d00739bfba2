#include "json/reader.hpp"

#include <fmt/format.h>

#include <boost/json/stream_parser.hpp>

namespace pim::json {

Result<boost::json::value> read(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = depth_max;
  boost::json::stream_parser parser({}, options);
  boost::system::error_code error;
  const std::size_t taken = parser.write_some(text.data(), text.size(), error);
  if (!error && taken == text.size()) {
    parser.finish(error);
    if (error) return bad_request("Unexpected end of JSON input", "json");
    return parser.release();
  }
  if (error == boost::json::error::too_deep) {
    return bad_request(fmt::format("The JSON is nested deeper than {} levels", depth_max), "json");
  }
  return bad_request(fmt::format("Unexpected token in JSON at position {}", taken), "json");
}

}  // namespace pim::json
