// One request to S3 and its answer, over the network.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "media/storage/s3_signature.hpp"
#include "media/storage/store.hpp"

namespace pim::media {

// What it sends is a text, or a part of a file.
struct S3Call {
  std::string method;
  std::string name;  // of an object, with the prefix; empty: the bucket
  S3Pairs query;
  S3Pairs headers;
  std::string text;
  StoredFile* file = nullptr;
  std::uint64_t offset = 0, size = 0;
  std::string hash;            // of that part
  std::string* out = nullptr;  // where a file goes; room for it is what `size` says
};

struct S3Answer {
  long status = 0;
  std::string body, tag;
  std::uint64_t size = 0;  // Content-Length
  std::int64_t changed = 0;
  bool is_found() const noexcept { return status != 404; }
};

// Sends the call to an address with these lines of headers. The answer of any status that says something of a file: 2xx
// and 404. Everything else is a Problem.
Result<S3Answer> exchange(const std::string& address, const std::vector<std::string>& headers, const S3Call& call);

// The store does not answer: 503, and the same may go well in a moment.
std::unexpected<Problem> s3_away(std::string detail);
bool is_away(const Problem& problem);
// What a status and the XML with it say is wrong.
std::unexpected<Problem> s3_problem(long status, std::string_view body);

}  // namespace pim::media
