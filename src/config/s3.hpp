// A store of files that speaks S3.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace pim::config {

struct S3Store {
  std::string bucket;    // empty: there is none
  std::string endpoint;  // "https://minio.example:9000"; empty: Amazon's of the region
  std::string region = "us-east-1";
  std::string prefix;  // of all names: "pim/"
  std::string access_key, secret_key;
  std::optional<bool> path_style;             // endpoint/bucket/name instead of bucket.endpoint/name
  std::chrono::seconds redirect_lifetime{0};  // of addresses that downloads are redirected to; 0: no redirects
};

}  // namespace pim::config
