#include <gtest/gtest.h>

#include "pg/error.hpp"

namespace pim::pg {
namespace {

Problem problem_of(std::string sqlstate) {
  Error error;
  error.sqlstate = std::move(sqlstate);
  error.message = "words of the server";
  error.detail = "Key (sku)=(S-1) already exists.";
  return to_problem(error);
}

TEST(PgError, of_a_database_that_is_away_is_unavailable) {
  for (const char* sqlstate : {"08000", "08006", "53100", "53300", "57P01", "57P02", "57P03"}) {
    const Problem problem = problem_of(sqlstate);
    EXPECT_EQ(problem.status, 503) << sqlstate;
    EXPECT_EQ(problem.code, "unavailable") << sqlstate;
    EXPECT_GT(problem.retry_after_seconds, 0) << sqlstate;
  }
  Error lost;
  lost.connection_lost = true;
  EXPECT_EQ(to_problem(lost).status, 503);
}

TEST(PgError, of_waiting_too_long_is_a_timeout) {
  for (const char* sqlstate : {"57014", "55P03", "40P01", "40001"}) {
    const Problem problem = problem_of(sqlstate);
    EXPECT_EQ(problem.status, 503) << sqlstate;
    EXPECT_EQ(problem.code, "timeout") << sqlstate;
    EXPECT_GT(problem.retry_after_seconds, 0) << sqlstate;
  }
}

TEST(PgError, that_nobody_mapped_is_a_bug) {
  for (const char* sqlstate : {"23505", "23503", "42P01", "22P02", "XX000", ""}) {
    EXPECT_EQ(problem_of(sqlstate).status, 500) << sqlstate;
    EXPECT_EQ(problem_of(sqlstate).code, "internal") << sqlstate;
  }
}

// What the server says is for the log, but for the values of a row that breaks a rule: they are nobody's but their
// owner's.
TEST(PgError, keeps_the_words_of_the_server_from_clients) {
  for (const char* sqlstate : {"23505", "57014", "08006"}) {
    const Problem problem = problem_of(sqlstate);
    EXPECT_NE(problem.detail.find("words of the server"), std::string::npos);
    EXPECT_EQ(problem.detail.contains("S-1"), !std::string_view(sqlstate).starts_with("23")) << problem.detail;
    for (const std::string& sent : {problem.message, problem.code, problem.facts, problem.remedy}) {
      EXPECT_EQ(sent.find("words of the server"), std::string::npos);
      EXPECT_EQ(sent.find("S-1"), std::string::npos);
    }
  }
}

TEST(PgError, of_a_value_says_not_which_it_was) {
  Error error;
  error.sqlstate = "22P02";
  error.message = "invalid input syntax for type integer: \"secret\"";
  error.detail = "Token \"secret\" is invalid.";
  EXPECT_EQ(to_problem(error).detail, "22P02 invalid input syntax for type integer");
}

}  // namespace
}  // namespace pim::pg
