// Categories as a tree, and how they are written to clients.
#pragma once

#include <unordered_map>
#include <vector>

#include "catalog/categories/statements.hpp"
#include "json/writer.hpp"

namespace pim::catalog::categories {

// Puts nodes that come level by level below each other. They must outlive it.
class Tree {
 public:
  explicit Tree(const std::vector<Node>& nodes);

  const std::vector<const Node*>& roots() const noexcept { return roots_; }
  const std::vector<const Node*>& below(Id parent) const;

 private:
  std::vector<const Node*> roots_;
  std::unordered_map<Id, std::vector<const Node*>> children_;
};

// With all of its columns, counts, and what is below it. `parent`: of a node where the tree begins.
void write(json::Object& out, const Tree& tree, const Node& node, OptionalId parent);
// As GET /categories/tree has it: with its level, and the names from the root to it. `path`: those above it.
void write_with_path(json::Object& out, const Tree& tree, const Node& node, const std::vector<Text>& path);
// As it was saved: with the parent, and what is below it.
void write_saved(json::Object& out, const Category& category);
// With products; the caller adds their pagination. What is null is left out.
void write_detail(json::Object& out, const Category& category);

}  // namespace pim::catalog::categories
