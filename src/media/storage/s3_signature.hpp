// How requests to S3 are signed: AWS Signature Version 4, in a header or in the address.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace pim::media {

// Names and values in the order that is signed.
using S3Pairs = std::map<std::string, std::string>;

struct S3Request {
  std::string method, host;
  std::string path;  // encoded already: s3_encode
  S3Pairs query;     // not encoded
  S3Pairs headers;   // that are signed besides Host; small letters
};

struct S3Signer {
  std::string access_key, secret_key, region;

  // The value of Authorization. The headers must have x-amz-date and x-amz-content-sha256.
  std::string authorization(const S3Request& request, std::chrono::sys_seconds now) const;
  // The whole query of an address that is good for a time.
  std::string signed_query(S3Request request, std::chrono::sys_seconds now, std::chrono::seconds lifetime) const;
};

// "20261125T120000Z"
std::string s3_time(std::chrono::sys_seconds time);

// Everything but letters, digits and -._~ as %XX; a slash only in a value of a query.
std::string s3_encode(std::string_view text, bool keeps_slashes);
std::string s3_query(const S3Pairs& query);

}  // namespace pim::media
