// Everything that has a trash, in the order in which a list of several kinds has them.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace pim::trash {

struct ItemKind {
  std::string_view name;       // in the database and in answers: "assetGroup"
  std::string_view resource;   // of its permissions, and the first segment of its routes: "asset-groups"
  std::string_view code;       // of problems: "asset_group.name_taken"
  std::string_view words;      // "asset group"
  std::string_view article;    // "An asset group"
  std::string_view one, many;  // as a bulk counts them: "1 family", "2 families"
  std::string_view missing;    // of one that is not in the trash, with its id
};

inline constexpr std::array<ItemKind, 7> item_kinds{
    {{"product", "products", "product", "product", "A product", "product(s)", "product(s)",
      "Soft-deleted product with ID {} not found"},
     {"asset", "assets", "asset", "asset", "An asset", "asset", "assets", "Soft-deleted asset not found"},
     {"assetGroup", "asset-groups", "asset_group", "asset group", "An asset group", "asset group", "asset groups",
      "Soft-deleted asset group not found"},
     {"category", "categories", "category", "category", "A category", "category", "categories",
      "Soft-deleted category with ID {} not found"},
     {"family", "families", "family", "family", "A family", "family", "families",
      "Soft-deleted family with ID {} not found"},
     {"attribute", "attributes", "attribute", "attribute", "An attribute", "attribute(s)", "attribute(s)",
      "Soft-deleted attribute with ID {} not found"},
     {"attributeGroup", "attribute-groups", "attribute_group", "attribute group", "An attribute group",
      "attribute group", "attribute groups", "Soft-deleted attribute group with ID {} not found"}}};

inline constexpr std::array<std::string_view, 7> resources = [] {
  std::array<std::string_view, 7> names;
  std::ranges::transform(item_kinds, names.begin(), &ItemKind::resource);
  return names;
}();

// What an act that another program's trash became is called: it may have products and assets.
inline constexpr std::string_view adopted = "adopted";

// nullptr for what is none.
inline const ItemKind* find_kind(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(item_kinds, name, &ItemKind::name);
  return found == item_kinds.end() ? nullptr : found;
}

// The names of those whose resources are granted, a bit each, in their order.
inline std::vector<std::string_view> kinds_of(std::uint32_t granted) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < item_kinds.size(); ++i) {
    if ((granted >> i & 1U) != 0) names.push_back(item_kinds[i].name);
  }
  return names;
}

}  // namespace pim::trash
