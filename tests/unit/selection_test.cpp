#include "http/selection.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace pim::http {
namespace {

Result<Selection> read(std::string_view body) { return read_selection(boost::json::parse(body), {"search", "ids"}); }

TEST(Selection, IdsCountAlone) {
  const auto selection = read(R"({"ids":[3,1],"filters":{"search":"a"},"all":true})");
  ASSERT_TRUE(selection);
  EXPECT_EQ(*selection->ids, (std::vector<std::int32_t>{3, 1}));
  EXPECT_FALSE(selection->all);
}

TEST(Selection, FiltersNarrowAll) {
  const auto selection = read(R"({"filters":{"search":"a","sortBy":"name"},"all":true})");
  ASSERT_TRUE(selection);
  EXPECT_EQ(selection->filters.size(), 1U);
  EXPECT_FALSE(selection->all);
}

TEST(Selection, AllIsSaid) {
  EXPECT_TRUE(read(R"({"all":true})")->all);
  EXPECT_TRUE(read(R"({"all":true,"filters":{}})")->all);
}

TEST(Selection, NothingIsChosenByLeavingOut) {
  for (const std::string_view body : {R"({})",
                                      R"([])",
                                      R"(null)",
                                      R"({"all":false})",
                                      R"({"all":1})",
                                      R"({"ids":[]})",
                                      R"({"ids":null})",
                                      R"({"ids":["1"]})",
                                      R"({"ids":[1.5]})",
                                      R"({"ids":[3000000000]})",
                                      R"({"ids":1})",
                                      R"({"filters":{}})",
                                      R"({"filters":{"search":""}})",
                                      R"({"filters":{"search":null}})",
                                      R"({"filters":{"ids":[]}})",
                                      R"({"filters":{"sortBy":"name"}})",
                                      R"({"filters":{"serach":"a"}})",
                                      R"({"filters":{"serach":"a"},"all":true})",
                                      R"({"filters":[]})",
                                      R"({"id":[1]})",
                                      R"({"ids":[1],"more":1})"}) {
    const auto selection = read(body);
    EXPECT_FALSE(selection) << body;
    if (!selection) EXPECT_EQ(selection.error().status, 400) << body;
  }
  std::string many = R"({"ids":[1)";
  for (int i = 0; i < 1000; ++i) many += ",1";
  EXPECT_FALSE(read(many + "]}"));
}

}  // namespace
}  // namespace pim::http
