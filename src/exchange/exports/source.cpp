#include "exchange/exports/source.hpp"

#include <algorithm>

#include "catalog/attribute_type.hpp"
#include "exchange/json_key.hpp"
#include "json/writer.hpp"

namespace pim::exchange::exports {
namespace {

constexpr std::size_t products_at_once = 250;

// Of what is in the row or in the model.
template <class Text>
Cell text_cell(const std::optional<Text>& text) {
  return text ? Cell(std::string_view(*text)) : Cell();
}
Cell number_cell(const std::optional<std::int32_t>& number) { return number ? Cell(std::int64_t{*number}) : Cell(); }
Cell list_cell(const std::vector<std::string_view>& items) { return items.empty() ? Cell() : Cell(items); }

std::optional<std::string> owned(const std::optional<std::string_view>& text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

std::string time_text(pg::Timestamp time) {
  std::string text;
  json::append_time(text, time);
  return text.substr(1, text.size() - 2);  // without the quotes
}

template <class Map>
const typename Map::mapped_type* find(const Map& map, const std::optional<std::int32_t>& id) {
  const auto found = id ? map.find(*id) : map.end();
  return found == map.end() ? nullptr : &found->second;
}

// An attribute's name in a list that has bars and stars of its own.
std::string listed_name(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '|' || c == '*' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

}  // namespace

struct Source::Product {
  const ProductRow& row;
  const Model::Category* category;
  const Model::Family* family;
  const Model::Group* group;
};

const Attribute* Model::attribute(std::int32_t id) const {
  const auto found = attribute_places.find(id);
  return found == attribute_places.end() ? nullptr : &attributes[found->second];
}

Result<Source> Source::open(const std::string& url, std::int32_t tenant, const Select& select) {
  // (What is read ahead waits for the client, and no limit of the database's for statements is meant for that.)
  auto connection = pg::Blocking::connect(url, "-c statement_timeout=0");
  if (!connection) return std::unexpected(to_problem(connection.error()));
  Source source(*std::move(connection), tenant);
  if (auto begun = source.connection_.begin_snapshot(); !begun) {
    return std::unexpected(to_problem(begun.error()));
  }
  auto ids = select(source.connection_);
  if (!ids) return std::unexpected(std::move(ids).error());
  source.ids_ = *std::move(ids);
  if (auto read = source.read_model(); !read) return std::unexpected(std::move(read).error());
  return source;
}

Result<void> Source::read_model() {
  const auto attributes = connection_.run(list_attributes, tenant_);
  if (!attributes) return std::unexpected(to_problem(attributes.error()));
  for (int i = 0; i < attributes->size(); ++i) {
    const AttributeRow row = (*attributes)[i];
    model_.attribute_places[row.id] = model_.attributes.size();
    model_.attributes.push_back({row.id, std::string(row.name), std::string(row.type), owned(row.default_value)});
  }
  const auto categories = connection_.run(list_categories, tenant_);
  if (!categories) return std::unexpected(to_problem(categories.error()));
  for (int i = 0; i < categories->size(); ++i) {
    const CategoryRow row = (*categories)[i];
    Path path(row.path.begin(), row.path.end());
    std::string text = path_text(path);
    model_.categories[row.id] = {std::move(path), std::move(text), owned(row.description)};
  }
  const auto families = connection_.run(list_families, tenant_);
  if (!families) return std::unexpected(to_problem(families.error()));
  for (int i = 0; i < families->size(); ++i) {
    const FamilyRow row = (*families)[i];
    Model::Family& family = model_.families[row.id];
    family.name = row.name;
    for (const FamilyAttribute& each : row.attributes) {
      const Attribute* attribute = model_.attribute(each.id);
      if (attribute == nullptr) continue;
      family.members.insert(each.id);
      family.attributes += (family.attributes.empty() ? "" : "|") + listed_name(attribute->name);
      if (each.is_required) family.attributes += '*';
    }
  }
  const auto groups = connection_.run(list_attribute_groups, tenant_);
  if (!groups) return std::unexpected(to_problem(groups.error()));
  for (int i = 0; i < groups->size(); ++i) {
    const GroupRow row = (*groups)[i];
    model_.groups[row.id] = {std::string(row.name), owned(row.description)};
  }
  return {};
}

// While the database reads them, what it has read before is written.
Result<void> Source::ask_for_next(const std::vector<Column>& columns) {
  const std::size_t count = std::min(products_at_once, ids_.size() - asked_);
  if (count == 0) return {};
  const auto first = ids_.begin() + static_cast<std::ptrdiff_t>(asked_);
  const bool with_variants = std::ranges::any_of(columns, [](const Column& column) {
    return column.field == Field::variant_count || column.field == Field::variant_names ||
           column.field == Field::variant_skus;
  });
  const std::vector<std::int32_t> ids(first, first + static_cast<std::ptrdiff_t>(count));
  if (auto asked = connection_.start(export_products, tenant_, ids, with_variants); !asked) {
    return std::unexpected(to_problem(asked.error()));
  }
  asked_ += count;
  is_asked_ = true;
  return {};
}

Result<bool> Source::next(const std::vector<Column>& columns,
                          const std::function<Result<void>(const std::vector<Cell>&)>& row) {
  if (!is_asked_) {
    if (auto asked = ask_for_next(columns); !asked) return std::unexpected(std::move(asked).error());
  }
  if (!std::exchange(is_asked_, false)) return false;
  const auto rows = connection_.finish(export_products);
  if (!rows) return std::unexpected(to_problem(rows.error()));
  if (auto asked = ask_for_next(columns); !asked) return std::unexpected(std::move(asked).error());
  std::vector<Cell> cells(columns.size());
  for (int i = 0; i < rows->size(); ++i) {
    const ProductRow found = (*rows)[i];
    const Product product{found, find(model_.categories, found.category_id), find(model_.families, found.family_id),
                          find(model_.groups, found.attribute_group_id)};
    made_.clear();
    for (std::size_t c = 0; c < columns.size(); ++c) cells[c] = cell(columns[c], product);
    if (auto taken = row(cells); !taken) return std::unexpected(std::move(taken).error());
  }
  return true;
}

std::vector<const Attribute*> Source::attributes_of(const ProductRow& product) const {
  std::vector<const Attribute*> attributes;
  for (const Value& value : product.values) {
    if (const Attribute* attribute = model_.attribute(value.attribute)) attributes.push_back(attribute);
  }
  return attributes;
}

// A family is described once, where its first product is.
Cell Source::family_attributes(const Product& product) {
  const Model::Family* family = product.family;
  if (family == nullptr || family->attributes.empty() || !families_told_.insert(*product.row.family_id).second) {
    return {};
  }
  return family->attributes;
}

// Those that its family has not.
Cell Source::custom_attributes(const Product& product) {
  std::string text;
  json::Object object{text};
  for (const Value& value : product.row.values) {
    const Attribute* attribute = model_.attribute(value.attribute);
    if (attribute == nullptr || (product.family && product.family->members.contains(attribute->id))) continue;
    catalog::add_value(object, json_key(attribute->name), attribute->type, value.value);
  }
  object.close();
  return Json{keep(std::move(text))};
}

template <class List, class Text>
Cell Source::joined(const List& items, Text text) {
  std::string all;
  for (const auto& item : items) {
    if (!all.empty()) all += ", ";
    all += text(item);
  }
  return all.empty() ? Cell() : Cell(keep(std::move(all)));
}

// Of the family, the category or the group that it has.
Cell Source::reference_cell(Field field, const Product& all) {
  const auto& [product, category, family, group] = all;
  switch (field) {
    case Field::family:
    case Field::family_name:
      return family ? Cell(family->name) : Cell();
    case Field::family_id:
      return family ? number_cell(product.family_id) : Cell();
    case Field::category:
      return category ? Cell(category->text) : Cell();
    case Field::category_name:
      return category ? Cell(category->path.back()) : Cell();
    case Field::category_id:
      return category ? number_cell(product.category_id) : Cell();
    case Field::category_description:
      return category ? text_cell(category->description) : Cell();
    case Field::attribute_group:
    case Field::attribute_group_name:
      return group ? Cell(group->name) : Cell();
    case Field::attribute_group_id:
      return group ? number_cell(product.attribute_group_id) : Cell();
    case Field::attribute_group_description:
      return group ? text_cell(group->description) : Cell();
    default:
      return {};
  }
}

Cell Source::cell(const Column& column, const Product& all) {
  const ProductRow& product = all.row;
  switch (column.field) {
    case Field::sku:
      return product.sku;
    case Field::name:
      return product.name;
    case Field::family_attributes:
      return family_attributes(all);
    case Field::more_categories: {
      std::vector<Path> paths;
      for (const std::int32_t id : product.more_categories) {
        if (const auto* more = find(model_.categories, id)) paths.push_back(more->path);
      }
      return paths.empty() ? Cell() : Cell(keep(paths_text(paths)));
    }
    case Field::parent_sku:
      return text_cell(product.parent_sku);
    case Field::product_link:
      return text_cell(product.product_link);
    case Field::image_url:
      return text_cell(product.image_url);
    case Field::sub_images:
      return list_cell(product.sub_images);
    case Field::thumbnail_url:
      return text_cell(product.thumbnail_url);
    case Field::thumbnail_sub_images:
      return list_cell(product.thumbnail_sub_images);
    case Field::status:
      return product.status;
    case Field::id:
      return std::int64_t{product.id};
    case Field::user_id:
      return std::int64_t{product.user_id};
    case Field::created_at:
      return keep(time_text(product.created_at));
    case Field::updated_at:
      return keep(time_text(product.updated_at));
    case Field::variant_count:
      return static_cast<std::int64_t>(product.variants.size());
    case Field::variant_names:
      return joined(product.variants, [](const VariantRow& variant) { return variant.name; });
    case Field::variant_skus:
      return joined(product.variants, [](const VariantRow& variant) { return variant.sku; });
    case Field::attribute_id:
      return joined(attributes_of(product), [](const Attribute* each) { return std::to_string(each->id); });
    case Field::attribute_name:
      return joined(attributes_of(product), [](const Attribute* each) { return each->name; });
    case Field::attribute_type:
      return joined(attributes_of(product), [](const Attribute* each) { return each->type; });
    case Field::attribute_default_value:
      return joined(attributes_of(product), [](const Attribute* each) { return each->default_value.value_or(""); });
    case Field::custom_attributes:
      return custom_attributes(all);
    case Field::attribute: {
      const auto found = std::ranges::find(product.values, column.attribute, &Value::attribute);
      if (found != product.values.end()) return found->value;
      return column.otherwise.empty() ? Cell() : Cell(column.otherwise);
    }
    default:
      return reference_cell(column.field, all);
  }
}

}  // namespace pim::exchange::exports
