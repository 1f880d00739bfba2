#include <gtest/gtest.h>

#include <set>

#include "auth/attempts.hpp"
#include "auth/keys/key.hpp"
#include "auth/permissions.hpp"
#include "auth/sign_up/code.hpp"

namespace pim::auth {
namespace {

TEST(ApiKeys, are_long_random_and_known_by_their_first_letters) {
  const std::string key = keys::make_key();
  EXPECT_EQ(key.size(), 3 + 64U);
  EXPECT_TRUE(keys::is_key(key));
  EXPECT_NE(key, keys::make_key());
  EXPECT_EQ(keys::prefix_of(key), key.substr(0, 11));
  EXPECT_FALSE(keys::is_key("eyJhbGciOiJIUzI1NiJ9.e30.x"));
  EXPECT_FALSE(keys::is_key(""));
}

TEST(ApiKeys, are_kept_as_their_sha256) {
  EXPECT_EQ(keys::hash_of_key("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Codes, have_six_digits_and_differ) {
  std::set<std::string> codes;
  for (int i = 0; i < 200; ++i) {
    const std::string code = sign_up::make_code();
    EXPECT_EQ(code.size(), 6U);
    EXPECT_EQ(code.find_first_not_of("0123456789"), std::string::npos) << code;
    codes.insert(code);
  }
  EXPECT_GT(codes.size(), 190U);
}

TEST(Codes, are_hashed_with_secret_purpose_and_address) {
  const std::string hash = sign_up::hash_of_code("secret", "registration", "anna@shop.example", "123456");
  EXPECT_EQ(hash, sign_up::hash_of_code("secret", "registration", "Anna@Shop.example", "123456"));
  EXPECT_NE(hash, sign_up::hash_of_code("other", "registration", "anna@shop.example", "123456"));
  EXPECT_NE(hash, sign_up::hash_of_code("secret", "password-reset", "anna@shop.example", "123456"));
  EXPECT_NE(hash, sign_up::hash_of_code("secret", "registration", "bert@shop.example", "123456"));
  EXPECT_NE(hash, sign_up::hash_of_code("secret", "registration", "anna@shop.example", "123457"));
}

TEST(Permissions, are_those_of_the_catalogue) {
  EXPECT_TRUE(is_permission("products", "import"));
  EXPECT_FALSE(is_permission("products", "manage"));
  EXPECT_FALSE(is_permission("everything", "read"));
  EXPECT_FALSE(is_permission("", ""));
}

// Anybody can write X-Forwarded-For; only what a trusted proxy added at its end is believed.
TEST(ClientAddress, believes_a_trusted_proxy_only) {
  http::Request request;
  request.remote_address = "10.0.0.1";
  request.headers.emplace_back("x-forwarded-for", "1.1.1.1, 2.2.2.2");
  EXPECT_EQ(client_address(request, ""), "10.0.0.1");
  EXPECT_EQ(client_address(request, "10.0.0.2,10.0.0.10"), "10.0.0.1");
  EXPECT_EQ(client_address(request, "10.0.0.2, 10.0.0.1"), "2.2.2.2");
  request.headers.clear();
  EXPECT_EQ(client_address(request, "10.0.0.1"), "10.0.0.1");
}

}  // namespace
}  // namespace pim::auth
