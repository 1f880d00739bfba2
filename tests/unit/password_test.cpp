#include "auth/password.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <limits>
#include <random>

namespace pim::auth {
namespace {

// Published test vectors of the two algorithms.
constexpr const char* bcrypt_of_u = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
constexpr const char* argon2id_of_password =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

TEST(Password, fits_its_own_hash_and_no_other_does) {
  const std::string hash = hash_password("correct horse");
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=7168,t=5,p=1$")) << hash;
  EXPECT_TRUE(verify_password("correct horse", hash));
  for (const char* wrong : {"", "correct hors", "correct horse ", "Correct horse", "correct horsf"}) {
    EXPECT_FALSE(verify_password(wrong, hash)) << wrong;
  }
}

TEST(Password, has_another_hash_each_time) { EXPECT_NE(hash_password("same"), hash_password("same")); }

TEST(Password, may_hold_any_bytes) {
  using namespace std::string_view_literals;
  const std::string hash = hash_password("pässwörd\0🔑"sv);
  EXPECT_TRUE(verify_password("pässwörd\0🔑"sv, hash));
  EXPECT_FALSE(verify_password("pässwörd"sv, hash));
}

TEST(Password, of_the_replaced_service_is_accepted_in_each_spelling_of_bcrypt) {
  EXPECT_TRUE(verify_password("U*U", bcrypt_of_u));
  EXPECT_FALSE(verify_password("U*V", bcrypt_of_u));
  for (const char* spelling : {"$2a$", "$2b$", "$2y$"}) {
    const std::string hash = spelling + std::string("10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu");
    EXPECT_TRUE(verify_password("correct horse", hash)) << hash;
    EXPECT_FALSE(verify_password("correct horsE", hash)) << hash;
  }
  EXPECT_TRUE(verify_password("pässwörd", "$2b$04$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC"));
}

// A zero byte ends the text that bcrypt sees: what follows would not count.
TEST(Password, with_a_zero_byte_never_fits_a_bcrypt_hash) {
  using namespace std::string_view_literals;
  EXPECT_FALSE(verify_password("U*U\0and more"sv, bcrypt_of_u));
}

TEST(Password, hashed_with_other_costs_is_accepted_and_to_be_hashed_again) {
  EXPECT_TRUE(verify_password("password", argon2id_of_password));
  EXPECT_TRUE(needs_rehash(argon2id_of_password));
  EXPECT_TRUE(needs_rehash(bcrypt_of_u));
  EXPECT_FALSE(needs_rehash(hash_password("password")));
}

TEST(Password, fits_nothing_that_is_no_hash) {
  for (const char* hash :
       {"", "U*U", "$", "$2a$", "$2a$05$", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.", "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRG",
        "$2a$99$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "*0", "*1", "$1$salt$hash", "$6$salt$hash",
        "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$", "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$",
        "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA", "password"}) {
    EXPECT_FALSE(verify_password("U*U", hash)) << hash;
    EXPECT_FALSE(verify_password("", hash)) << hash;
    EXPECT_FALSE(verify_password("password", hash)) << hash;
  }
}

// A hash with one byte changed fits no more, and none makes the program fall.
TEST(Password, fits_no_damaged_hash) {
  std::mt19937 random{7};
  const std::string cheap = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  for (std::string_view whole : {std::string_view(bcrypt_of_u), std::string_view(cheap)}) {
    for (int i = 0; i < 200; ++i) {
      std::string hash(whole);
      // Not the costs: a damaged one may ask for minutes, or gigabytes.
      const std::size_t first = hash.rfind('$') + 1;
      hash[first + random() % (hash.size() - first)] = static_cast<char>(random());
      if (hash == whole) continue;
      EXPECT_FALSE(verify_password("U*U", hash)) << hash;
    }
  }
}

// Who guesses e-mail addresses must not learn from the time whether an account exists.
TEST(Password, of_nobody_takes_as_long_as_a_real_one) {
  const std::string hash = hash_password("correct horse");
  verify_nothing("first");  // makes its hash once
  // Time of the processor: what else this machine does must not decide.
  const auto quickest = [](auto act) {
    auto best = std::numeric_limits<double>::max();
    for (int i = 0; i < 5; ++i) {
      const std::clock_t start = std::clock();
      act();
      best = std::min(best, static_cast<double>(std::clock() - start));
    }
    return best;
  };
  const double real = quickest([&] { verify_password("wrong", hash); });
  const double nobody = quickest([] { verify_nothing("wrong"); });
  EXPECT_GT(nobody, real * 0.7);
  EXPECT_LT(nobody, real * 1.5);
}

}  // namespace
}  // namespace pim::auth
