#include "catalog/categories/tree.hpp"

#include <unordered_set>

namespace pim::catalog::categories {
namespace {

void write_times(json::Object& out, const Node& node) {
  out.add("userId", node.user_id).add("createdAt", node.created_at).add("updatedAt", node.updated_at);
}

void write_counts(json::Object& out, const Node& node) {
  out.add("productCount", node.product_count).add("totalProductCount", node.total_product_count);
}

void write_below(json::Object& out, const Tree& tree, const Node& node) {
  json::Array items = out.array("subcategories");
  for (const Node* child : tree.below(node.id)) {
    json::Object item = items.object();
    write(item, tree, *child, node.id);
  }
}

void write_parent(json::Object& out, const std::optional<ParentCategory>& parent) {
  if (!parent) return;
  out.object("parentCategory")
      .add("id", parent->id)
      .add("name", parent->name)
      .add("description", parent->description)
      .add("parentCategoryId", parent->parent_category_id)
      .add("userId", parent->user_id)
      .add("createdAt", parent->created_at)
      .add("updatedAt", parent->updated_at);
}

// Where it is, and what is below it.
void write_surroundings(json::Object& out, const Category& category) {
  const Node& own = category.nodes.front();
  out.add("level", category.path.size() - 1).add("path", category.path);
  if (category.parent_in_trash) out.add("parentInTrash", category.parent_in_trash);
  write_parent(out, category.parent_category);
  write_below(out, Tree(category.nodes), own);
}

}  // namespace

// A node counts where it comes first: whatever is stored, no tree is without end.
Tree::Tree(const std::vector<Node>& nodes) {
  std::unordered_set<Id> seen;
  for (const Node& node : nodes) {
    if (!seen.insert(node.id).second) continue;
    (node.parent ? children_[*node.parent] : roots_).push_back(&node);
  }
}

const std::vector<const Node*>& Tree::below(Id parent) const {
  static const std::vector<const Node*> none;
  const auto found = children_.find(parent);
  return found == children_.end() ? none : found->second;
}

void write(json::Object& out, const Tree& tree, const Node& node, OptionalId parent) {
  out.add("id", node.id).add("name", node.name).add("description", node.description).add("parentCategoryId", parent);
  write_counts(out, node);
  write_times(out, node);
  write_below(out, tree, node);
}

void write_with_path(json::Object& out, const Tree& tree, const Node& node, const std::vector<Text>& path) {
  std::vector<Text> own_path = path;
  own_path.push_back(node.name);
  out.add("id", node.id)
      .add("name", node.name)
      .add("description", node.description)
      .add("parentCategoryId", node.parent)
      .add("level", node.level)
      .add("path", own_path);
  json::Array items = out.array("subcategories");
  for (const Node* child : tree.below(node.id)) {
    json::Object item = items.object();
    write_with_path(item, tree, *child, own_path);
  }
}

void write_saved(json::Object& out, const Category& category) {
  const Node& own = category.nodes.front();
  const auto& parent = category.parent_category;
  out.add("id", own.id)
      .add("name", own.name)
      .add("description", own.description)
      .add("parentCategoryId", parent ? OptionalId(parent->id) : std::nullopt);
  write_times(out, own);
  write_counts(out, own);
  write_surroundings(out, category);
}

void write_detail(json::Object& out, const Category& category) {
  const Node& own = category.nodes.front();
  out.add("id", own.id).add("name", own.name);
  if (own.description) out.add("description", own.description);
  if (category.parent_category) out.add("parentCategoryId", category.parent_category->id);
  write_times(out, own);
  write_counts(out, own);
  write_surroundings(out, category);
  json::Array products = out.array("products");
  for (const ProductRef& product : category.products) {
    products.object()
        .add("id", product.id)
        .add("name", product.name)
        .add("sku", product.sku)
        .add("status", product.status)
        .add("imageUrl", product.image_url);
  }
}

}  // namespace pim::catalog::categories
