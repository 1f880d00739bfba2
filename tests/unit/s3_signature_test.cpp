#include "media/storage/s3_signature.hpp"

#include <gtest/gtest.h>

namespace pim::media {
namespace {

// The examples of Amazon's own description of Signature Version 4 for S3.
const S3Signer signer{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1"};
constexpr std::chrono::sys_seconds time = std::chrono::sys_days{std::chrono::year{2013} / 5 / 24};
const std::string of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::string signature_in(const std::string& text) { return text.substr(text.rfind('=') + 1); }

TEST(S3Signature, signs_a_request_of_a_range) {
  const S3Request request{
      .method = "GET",
      .host = "examplebucket.s3.amazonaws.com",
      .path = "/test.txt",
      .headers = {{"range", "bytes=0-9"}, {"x-amz-content-sha256", of_nothing}, {"x-amz-date", s3_time(time)}}};
  EXPECT_EQ(signer.authorization(request, time),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(S3Signature, signs_a_body_and_a_name_that_is_encoded) {
  const S3Request request{
      .method = "PUT",
      .host = "examplebucket.s3.amazonaws.com",
      .path = "/" + s3_encode("test$file.text", true),
      .headers = {{"date", "Fri, 24 May 2013 00:00:00 GMT"},
                  {"x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"},
                  {"x-amz-date", s3_time(time)},
                  {"x-amz-storage-class", "REDUCED_REDUNDANCY"}}};
  EXPECT_EQ(signature_in(signer.authorization(request, time)),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(S3Signature, signs_a_query) {
  const S3Request request{.method = "GET",
                          .host = "examplebucket.s3.amazonaws.com",
                          .path = "/",
                          .query = {{"max-keys", "2"}, {"prefix", "J"}},
                          .headers = {{"x-amz-content-sha256", of_nothing}, {"x-amz-date", s3_time(time)}}};
  EXPECT_EQ(signature_in(signer.authorization(request, time)),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(S3Signature, signs_an_address_for_a_day) {
  const S3Request request{.method = "GET", .host = "examplebucket.s3.amazonaws.com", .path = "/test.txt"};
  EXPECT_EQ(signer.signed_query(request, time, std::chrono::hours{24}),
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_"
            "request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
            "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(S3Signature, encodes_what_is_not_plain) {
  EXPECT_EQ(s3_encode("a b/ü+~", true), "a%20b/%C3%BC%2B~");
  EXPECT_EQ(s3_encode("a/b*'()", false), "a%2Fb%2A%27%28%29");
}

}  // namespace
}  // namespace pim::media
