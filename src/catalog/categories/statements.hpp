// What a category is, and the statements of the slice, each with the types of its parameters and rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "pg/statement.hpp"
#include "sql/catalog/categories.hpp"

namespace pim::catalog::categories {

using Id = std::int32_t;
using OptionalId = std::optional<std::int32_t>;
using Text = std::string_view;
using OptionalText = std::optional<std::string_view>;
using Ids = std::vector<std::int32_t>;
using Texts = std::vector<std::string_view>;

struct ParentCategory {
  Id id;
  Text name;
  OptionalText description;
  OptionalId parent_category_id;
  Id user_id;
  pg::Timestamp created_at, updated_at;
};
BOOST_DESCRIBE_STRUCT(ParentCategory, (), (id, name, description, parent_category_id, user_id, created_at, updated_at))

// A category in a tree; they come level by level, by name.
struct Node {
  Id id;
  OptionalId parent;   // in this tree
  std::int32_t level;  // from where the tree begins
  Text name;
  OptionalText description;
  Id user_id;
  pg::Timestamp created_at, updated_at;
  std::int64_t product_count;        // in it
  std::int64_t total_product_count;  // in it or below
};
BOOST_DESCRIBE_STRUCT(Node, (),
                      (id, parent, level, name, description, user_id, created_at, updated_at, product_count,
                       total_product_count))

struct CategoryList {
  bool is_found;       // the parent
  std::int64_t total;  // categories in the whole list, without what is below them
  std::vector<Node> nodes;
};
BOOST_DESCRIBE_STRUCT(CategoryList, (), (is_found, total, nodes))

struct Trees {
  std::vector<Node> nodes;
};
BOOST_DESCRIBE_STRUCT(Trees, (), (nodes))

struct ProductRef {
  Id id;
  Text name, sku, status;
  OptionalText image_url;
};
BOOST_DESCRIBE_STRUCT(ProductRef, (), (id, name, sku, status, image_url))

struct Category {
  std::optional<ParentCategory> parent_category;
  OptionalId parent_in_trash;
  Texts path;  // from the root, with its own name
  std::vector<ProductRef> products;
  std::vector<Node> nodes;  // the first one is the category itself
};
BOOST_DESCRIBE_STRUCT(Category, (), (parent_category, parent_in_trash, path, products, nodes))

// Why nothing was written, and the id where it was.
struct Created {
  OptionalId id;
  bool is_parent_found, is_too_deep;
};
BOOST_DESCRIBE_STRUCT(Created, (), (id, is_parent_found, is_too_deep))

struct Updated {
  OptionalId id;
  bool is_found, is_parent_found, is_below_itself, is_too_deep;
};
BOOST_DESCRIBE_STRUCT(Updated, (), (id, is_found, is_parent_found, is_below_itself, is_too_deep))

// tenant, levels, nodes at most
inline const pg::Statement<Trees(Id, OptionalId, Id)> show_tree{"show_tree", sql::catalog::categories::show_tree,
                                                                pg::Plan::fresh};
// tenant, parent (none: the root), limit, offset, levels, nodes at most
inline const pg::Statement<CategoryList(Id, OptionalId, Id, std::int64_t, OptionalId, Id)> list_categories{
    "list_categories", sql::catalog::categories::list_categories, pg::Plan::fresh};
// tenant, category, limit and offset of its products, levels, nodes at most
inline const pg::Statement<Category(Id, Id, Id, std::int64_t, OptionalId, Id)> find_category{
    "find_category", sql::catalog::categories::find_category, pg::Plan::fresh};
// tenant, actor, name, description, parent, levels at most, request id
inline const pg::Statement<Created(Id, Id, Text, OptionalText, OptionalId, Id, Text)> create_category{
    "create_category", sql::catalog::categories::create_category};
// tenant, actor, category, fields given, name, description, parent, levels at most, request id
inline const pg::Statement<Updated(Id, Id, Id, Texts, OptionalText, OptionalText, OptionalId, Id, Text)>
    update_category{"update_category", sql::catalog::categories::update_category};

}  // namespace pim::catalog::categories
