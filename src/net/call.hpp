// One HTTP request to an address that an operator named; it may be inside.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/problem.hpp"

namespace pim::net {

struct Call {
  std::string method = "GET", url, body;
  std::vector<std::string> headers;  // "Content-Type: application/json"
  std::chrono::seconds time_max{10};
};
struct Answer {
  int status = 0;
  std::string body;
};

// Any status is an answer; a Problem says why there is none. Waits: not for an event loop.
Result<Answer> call(const Call& call);

}  // namespace pim::net
