#include "exchange/exports/column.hpp"

#include <algorithm>
#include <array>

#include "json/writer.hpp"

namespace pim::exchange::exports {
namespace {

struct Named {
  std::string_view name;
  Field field;
};

constexpr std::array<Named, 17> fields{{{"sku", Field::sku},
                                        {"name", Field::name},
                                        {"family", Field::family},
                                        {"familyAttributes", Field::family_attributes},
                                        {"category", Field::category},
                                        {"moreCategories", Field::more_categories},
                                        {"attributeGroup", Field::attribute_group},
                                        {"parentSku", Field::parent_sku},
                                        {"productLink", Field::product_link},
                                        {"imageUrl", Field::image_url},
                                        {"subImages", Field::sub_images},
                                        {"thumbnailUrl", Field::thumbnail_url},
                                        {"thumbnailSubImages", Field::thumbnail_sub_images},
                                        {"status", Field::status},
                                        {"id", Field::id},
                                        {"createdAt", Field::created_at},
                                        {"updatedAt", Field::updated_at}}};
constexpr std::size_t usual_count = 14;  // of them: from the SKU to the status

constexpr std::array<Named, 27> old_fields{{{"id", Field::id},
                                            {"name", Field::name},
                                            {"sku", Field::sku},
                                            {"status", Field::status},
                                            {"productLink", Field::product_link},
                                            {"imageUrl", Field::image_url},
                                            {"categoryId", Field::category_id},
                                            {"categoryName", Field::category_name},
                                            {"categoryDescription", Field::category_description},
                                            {"attributeId", Field::attribute_id},
                                            {"attributeName", Field::attribute_name},
                                            {"attributeType", Field::attribute_type},
                                            {"attributeDefaultValue", Field::attribute_default_value},
                                            {"attributeGroupId", Field::attribute_group_id},
                                            {"attributeGroupName", Field::attribute_group_name},
                                            {"attributeGroupDescription", Field::attribute_group_description},
                                            {"familyId", Field::family_id},
                                            {"familyName", Field::family_name},
                                            {"variantCount", Field::variant_count},
                                            {"variantNames", Field::variant_names},
                                            {"variantSkus", Field::variant_skus},
                                            {"userId", Field::user_id},
                                            {"createdAt", Field::created_at},
                                            {"updatedAt", Field::updated_at},
                                            {"customAttributes", Field::custom_attributes},
                                            {"subImages", Field::sub_images},
                                            {"parentSku", Field::parent_sku}}};

template <class List>
std::optional<Field> find(const List& list, std::string_view name) noexcept {
  const auto found = std::ranges::find(list, name, &Named::name);
  return found == list.end() ? std::nullopt : std::optional(found->field);
}

// Is it read back as it is when it stands between commas?
bool is_plain_item(std::string_view item) noexcept {
  return !item.empty() && !item.contains(',') && !item.starts_with('[') && item.front() != ' ' && item.back() != ' ';
}

std::string list_text(const std::vector<std::string_view>& items) {
  std::string text;
  if (!std::ranges::all_of(items, is_plain_item)) {
    json::append(text, items);
    return text;
  }
  for (const std::string_view item : items) {
    if (!text.empty()) text += ',';
    text += item;
  }
  return text;
}

}  // namespace

std::optional<Field> field_named(std::string_view name) noexcept { return find(fields, name); }
std::optional<Field> old_field_named(std::string_view name) noexcept { return find(old_fields, name); }

std::string_view name_of(Field field) noexcept {
  const auto found = std::ranges::find(fields, field, &Named::field);
  return found == fields.end() ? std::string_view() : found->name;
}

std::vector<Column> usual_columns() {
  std::vector<Column> columns;
  columns.reserve(usual_count);
  for (std::size_t i = 0; i < usual_count; ++i) columns.push_back({std::string(fields[i].name), fields[i].field});
  return columns;
}

std::string text_of(const Cell& cell) {
  if (const auto* text = std::get_if<std::string_view>(&cell)) return std::string(*text);
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
  if (const auto* list = std::get_if<std::vector<std::string_view>>(&cell)) return list_text(*list);
  if (const auto* json = std::get_if<Json>(&cell)) return std::string(json->text);
  return {};
}

}  // namespace pim::exchange::exports
