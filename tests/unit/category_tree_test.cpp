#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "catalog/categories/tree.hpp"

namespace pim::catalog::categories {
namespace {

Node node(Id id, OptionalId parent, std::int32_t level) { return {.id = id, .parent = parent, .level = level}; }

TEST(CategoryTree, PutsNodesBelowTheirParentsInTheirOrder) {
  const std::vector<Node> nodes{node(1, {}, 0), node(5, {}, 0), node(4, 1, 1), node(2, 1, 1), node(3, 2, 2)};
  const Tree tree(nodes);
  ASSERT_EQ(tree.roots().size(), 2U);
  ASSERT_EQ(tree.below(1).size(), 2U);
  EXPECT_EQ(tree.below(1)[0]->id, 4);
  EXPECT_EQ(tree.below(2)[0]->id, 3);
  EXPECT_TRUE(tree.below(5).empty());
}

TEST(CategoryTree, IsNotWithoutEndWhateverIsStored) {
  const std::vector<Node> nodes{node(1, {}, 0), node(2, 1, 1), node(1, 2, 2), node(2, 1, 3)};
  const Tree tree(nodes);
  ASSERT_EQ(tree.roots().size(), 1U);
  EXPECT_EQ(tree.below(1).size(), 1U);
  EXPECT_TRUE(tree.below(2).empty());
}

TEST(CategoryTree, WritesLevelsAndPaths) {
  std::vector<Node> nodes{node(1, {}, 0), node(2, 1, 1)};
  nodes[0].name = "Shop";
  nodes[1].name = "Boots \"new\"";
  const Tree tree(nodes);
  std::string text;
  {
    json::Object out{text};
    write_with_path(out, tree, nodes[0], {});
  }
  const auto below = boost::json::parse(text).at("subcategories").at(0);
  EXPECT_EQ(below.at("path"), boost::json::parse(R"(["Shop","Boots \"new\""])"));
  EXPECT_EQ(below.at("level").as_int64(), 1);
}

}  // namespace
}  // namespace pim::catalog::categories
