#include "auth/token.hpp"

#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include <random>

namespace pim::auth {
namespace {

using namespace std::chrono_literals;
using Time = std::chrono::system_clock::time_point;

const std::string secret = "0123456789abcdef0123456789abcdef";
const Tokens tokens{secret, 7 * 24h};
const Time issued{1763990000s};

// Made by another implementation, with the same secret: issued then, for a week.
constexpr std::string_view owners =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJzdWIiOjcsImVtYWlsIjoib3duZXJAc2hvcC50ZXN0Iiwicm9sZSI6Ik9XTkVSIiwib3duZXJJZCI6bnVsbCwiaWF0IjoxNzYzOTkwMDAwLCJleH"
    "A"
    "iOjE3NjQ1OTQ4MDB9.xq5mSb0coxQTH0q1z0t15HH1u19Tyqw1ISb0HL90V8o";
constexpr std::string_view staffs =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJlbWFpbCI6InN0YWZmQHNob3AudGVzdCIsInN1YiI6MTIsInJvbGUiOiJTVEFGRiIsIm93bmVySWQiOjcsImlhdCI6MTc2Mzk5MDAwMCwiZXhwIj"
    "oxNzY0NTk0ODAwfQ.dZw2KLPZMYHMFGUCaKj2-Wa0di6xoPoV_oMJCfjgrLQ";

std::string base64url(std::string_view bytes) {
  std::string text(4 * (bytes.size() + 2) / 3 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

// A token of any header and body, rightly signed.
std::string signed_token(std::string_view header, std::string_view body, std::string_view key = secret) {
  std::string token = base64url(header) + '.' + base64url(body);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(token.data()),
       token.size(), digest, &size);
  return token + '.' + base64url({reinterpret_cast<const char*>(digest), size});
}

constexpr std::string_view usual_header = R"({"alg":"HS256","typ":"JWT"})";

bool is_accepted(std::string_view body, std::string_view header = usual_header) {
  return tokens.verify(signed_token(header, body), issued).has_value();
}

TEST(Token, says_what_it_was_issued_with) {
  const Claims staff{.user = 12, .email = "\"Ω\"@shop.test", .role = "STAFF", .owner = 7};
  const auto claims = tokens.verify(tokens.issue(staff, issued), issued + 1h);
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->user, 12);
  EXPECT_EQ(claims->email, "\"Ω\"@shop.test");
  EXPECT_EQ(claims->role, "STAFF");
  EXPECT_EQ(claims->owner, 7);
}

TEST(Token, of_the_replaced_service_goes_on_working) {
  const auto owner = tokens.verify(owners, issued);
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->user, 7);
  EXPECT_EQ(owner->email, "owner@shop.test");
  EXPECT_EQ(owner->role, "OWNER");
  EXPECT_EQ(owner->owner, std::nullopt);
  const auto staff = tokens.verify(staffs, issued);
  ASSERT_TRUE(staff);
  EXPECT_EQ(staff->owner, 7);
}

TEST(Token, is_the_one_that_the_replaced_service_would_issue) {
  EXPECT_EQ(tokens.issue({.user = 7, .email = "owner@shop.test", .role = "OWNER"}, issued), owners);
}

TEST(Token, ends_at_its_second) {
  EXPECT_TRUE(tokens.verify(owners, issued + 7 * 24h - 1s));
  EXPECT_FALSE(tokens.verify(owners, issued + 7 * 24h));
  EXPECT_FALSE(tokens.verify(owners, Time{} + 200 * 365 * 24h));
}

TEST(Token, of_another_secret_is_none) {
  const Tokens others("another secret of at least 32 bytes", 1h);
  EXPECT_FALSE(others.verify(owners, issued));
  EXPECT_FALSE(tokens.verify(others.issue({.user = 7}, issued), issued));
}

TEST(Token, chooses_no_algorithm) {
  const std::string body = R"({"sub":7,"exp":1764594800})";
  EXPECT_TRUE(is_accepted(body));
  EXPECT_TRUE(is_accepted(body, R"({"typ":"JWT","alg":"HS256"})"));
  for (const char* header : {R"({"alg":"none"})", R"({"alg":"HS512"})", R"({"alg":"RS256"})", R"({"alg":"hs256"})",
                             R"({"alg":null})", R"({"alg":["HS256"]})", R"({})", R"([])", R"("HS256")", "", "{"}) {
    EXPECT_FALSE(is_accepted(body, header)) << header;
  }
  EXPECT_FALSE(tokens.verify(base64url(R"({"alg":"none"})") + '.' + base64url(body) + '.', issued));
}

TEST(Token, needs_a_user_and_an_end) {
  for (const char* body :
       {R"({"exp":1764594800})", R"({"sub":7})", R"({"sub":"7","exp":1764594800})", R"({"sub":0,"exp":1764594800})",
        R"({"sub":-7,"exp":1764594800})", R"({"sub":7.5,"exp":1764594800})", R"({"sub":2147483648,"exp":1764594800})",
        R"({"sub":18446744073709551623,"exp":1764594800})", R"({"sub":null,"exp":1764594800})",
        R"({"sub":7,"exp":"1764594800"})", R"({"sub":7,"exp":null})", R"({"sub":7,"exp":-1})", R"([7,1764594800])",
        "null", "", "{", R"({"sub":7,"exp":1764594800)", "\xff"}) {
    EXPECT_FALSE(is_accepted(body)) << body;
  }
  EXPECT_FALSE(is_accepted(std::string(1000, '[')));
}

TEST(Token, that_is_broken_is_none) {
  const std::string whole(owners);
  for (const std::string& broken :
       {std::string{}, std::string("."), std::string(".."), std::string("..."), whole + ".", whole + "A", "." + whole,
        whole.substr(0, whole.rfind('.')), whole.substr(0, whole.rfind('.') + 1), "Bearer " + whole, whole + "=",
        std::string(100'000, '.'), std::string(100'000, 'A')}) {
    EXPECT_FALSE(tokens.verify(broken, issued)) << broken.substr(0, 300);
  }
}

TEST(Token, with_any_byte_changed_is_none) {
  std::mt19937 random{1};
  for (std::size_t at = 0; at < owners.size(); ++at) {
    for (int i = 0; i < 8; ++i) {
      std::string changed(owners);
      changed[at] = static_cast<char>(random());
      if (changed != owners) EXPECT_FALSE(tokens.verify(changed, issued)) << at << ": " << changed;
    }
    EXPECT_FALSE(tokens.verify(owners.substr(0, at), issued)) << at;
  }
}

// Bodies of any bytes, rightly signed: none of them may do more than be refused.
TEST(Token, survives_any_signed_body) {
  std::mt19937 random{2};
  for (int i = 0; i < 20'000; ++i) {
    std::string body = R"({"sub":7,"email":"a","role":"OWNER","ownerId":null,"exp":1764594800})";
    for (int changes = static_cast<int>(random() % 4) + 1; changes > 0; --changes) {
      body[random() % body.size()] = static_cast<char>(random());
    }
    const auto claims = tokens.verify(signed_token(usual_header, body), issued);
    if (claims) EXPECT_GT(claims->user, 0) << body;
  }
}

}  // namespace
}  // namespace pim::auth
