// The words of HTTP statuses.
#pragma once

#include <boost/beast/http/status.hpp>
#include <string_view>

namespace pim::http {

inline std::string_view reason_of(int status) {
  const auto reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(status)));
  return {reason.data(), reason.size()};
}

}  // namespace pim::http
