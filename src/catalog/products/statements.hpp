// The statements of the slice, each with the types of its parameters and rows.
#pragma once

#include "catalog/products/product.hpp"
#include "pg/statement.hpp"
#include "sql/catalog/products.hpp"
#include "sql/trash.hpp"
#include "trash/deletion.hpp"

namespace pim::catalog::products {

using Id = std::int32_t;
using OptionalId = std::optional<std::int32_t>;
using Text = std::string_view;
using OptionalText = std::optional<std::string_view>;
using OptionalTime = std::optional<pg::Timestamp>;
using Ids = std::vector<std::int32_t>;
using Texts = std::vector<std::string_view>;
using OptionalTexts = std::vector<std::optional<std::string_view>>;

// Why a product could not be written, and its id where it was.
struct WriteChecks {
  std::optional<std::int32_t> id;
  bool parent_found, parent_is_variant, category_found, attribute_group_found, family_found, has_family,
      family_is_parents;
  std::vector<std::int32_t> unknown_attributes, not_in_family;
  std::vector<std::string_view> already_in_family;
  std::vector<std::int32_t> unknown_assets;
  std::vector<std::string_view> value_troubles;
};
BOOST_DESCRIBE_STRUCT(WriteChecks, (),
                      (id, parent_found, parent_is_variant, category_found, attribute_group_found, family_found,
                       has_family, family_is_parents, unknown_attributes, not_in_family, already_in_family,
                       unknown_assets, value_troubles))

struct AttributeName {
  std::int32_t id;
  std::string_view name;
};
BOOST_DESCRIBE_STRUCT(AttributeName, (), (id, name))

struct UpdateChecks {
  std::optional<std::int32_t> id;
  bool found;
  bool parent_found, parent_is_variant, category_found, attribute_group_found, family_found, has_family;
  std::vector<std::int32_t> unknown_attributes, not_in_family;
  std::vector<std::string_view> already_in_family;
  std::vector<std::int32_t> unknown_assets;
  std::vector<std::string_view> value_troubles;
  std::vector<AttributeName> outside_family;
};
BOOST_DESCRIBE_STRUCT(UpdateChecks, (),
                      (id, found, parent_found, parent_is_variant, category_found, attribute_group_found, family_found,
                       has_family, unknown_attributes, not_in_family, already_in_family, unknown_assets, value_troubles,
                       outside_family))

struct Selected {
  std::int32_t id;
};
BOOST_DESCRIBE_STRUCT(Selected, (), (id))

// What a filter finds, and what is wrong with it.
struct Filtered {
  std::int64_t total;
  std::vector<std::string_view> unknown, not_numbers;
};
BOOST_DESCRIBE_STRUCT(Filtered, (), (total, unknown, not_numbers))

// What became of many that were to be attached: the ids of those that are not there, and of those that can't be had.
struct FamilyAttached {
  bool family_found;
  std::int32_t attached;
  std::vector<std::int32_t> missing, refused;
};
BOOST_DESCRIBE_STRUCT(FamilyAttached, (), (family_found, attached, missing, refused))

struct Attached {
  bool parent_found, parent_is_variant;
  std::int32_t attached;
  std::vector<std::int32_t> missing, refused;
};
BOOST_DESCRIBE_STRUCT(Attached, (), (parent_found, parent_is_variant, attached, missing, refused))

struct Detached {
  std::string_view name;
};
BOOST_DESCRIBE_STRUCT(Detached, (), (name))

struct NamedProduct {
  std::int32_t id;
  std::string_view name, sku;
};
BOOST_DESCRIBE_STRUCT(NamedProduct, (), (id, name, sku))

struct GeneratedRows {
  bool parent_found, parent_is_variant;
  std::vector<std::int32_t> unknown_attributes;
  std::vector<std::string_view> value_troubles, too_long;
  std::int32_t skipped;
  std::vector<NamedProduct> created;
};
BOOST_DESCRIBE_STRUCT(GeneratedRows, (),
                      (parent_found, parent_is_variant, unknown_attributes, value_troubles, too_long, skipped, created))

struct Owned {
  bool is_owned;
};
BOOST_DESCRIBE_STRUCT(Owned, (), (is_owned))

inline const pg::Statement<ProductDetail(Id, pg::Key)> find_product{"find_product",
                                                                    sql::catalog::products::find_product};
inline const pg::Statement<ProductDetail(Id, Text)> find_product_by_sku{"find_product_by_sku",
                                                                        sql::catalog::products::find_product_by_sku};
inline const pg::Statement<ListedProduct(Id, Id, std::int64_t, OptionalTime, OptionalId)> list_products{
    "list_products", sql::catalog::products::list_products};
// tenant, limit, offset, sorted by (a name of what it is linked to), ascending
inline const pg::Statement<ListedProduct(Id, Id, std::int64_t, Text, bool)> list_products_by_link{
    "list_products_by_link", sql::catalog::products::list_products_by_link, pg::Plan::fresh};
inline const pg::Statement<Counted(Id)> count_products{"count_products", sql::catalog::products::count_products};

// A statement over the products that match: tenant, limit, offset, after time and id, variants too, parent, like,
// beginning, status, category, attribute group, family, without, attributes, ascending, sorted by
template <class Row>
using Matching =
    pg::Statement<Row(Id, Id, std::int64_t, OptionalTime, OptionalId, bool, OptionalId, OptionalText, OptionalText,
                      OptionalText, OptionalId, OptionalId, OptionalId, Texts, std::optional<Ids>, bool, Text)>;
inline const Matching<ListedProduct> search_products{"search_products", sql::catalog::products::search_products,
                                                     pg::Plan::fresh};
inline const Matching<Counted> count_matching_products{
    "count_matching_products", sql::catalog::products::count_matching_products, pg::Plan::fresh};

// The same, and: conditions on values (attributes by id or by name, operators, values or lower ends, upper ends),
// attributes without a value, the attribute to sort by.
template <class Row>
using Filtering = pg::Statement<Row(Id, Id, std::int64_t, OptionalTime, OptionalId, bool, OptionalId, OptionalText,
                                    OptionalText, OptionalText, OptionalId, OptionalId, OptionalId, Texts,
                                    std::optional<Ids>, bool, Text, Ids, OptionalTexts, Texts, OptionalTexts,
                                    OptionalTexts, Ids, OptionalTexts, OptionalId, OptionalText)>;
inline const Filtering<ListedProduct> filter_products{"filter_products", sql::catalog::products::filter_products,
                                                      pg::Plan::fresh};
inline const Filtering<Filtered> count_filtered_products{
    "count_filtered_products", sql::catalog::products::count_filtered_products, pg::Plan::fresh};
inline const Filtering<Selected> select_products{"select_products", sql::catalog::products::select_products,
                                                 pg::Plan::fresh};

// As search_products, sorted by an attribute (by id or by name).
inline const pg::Statement<ListedProduct(Id, Id, std::int64_t, OptionalTime, OptionalId, bool, OptionalId, OptionalText,
                                         OptionalText, OptionalText, OptionalId, OptionalId, OptionalId, Texts,
                                         std::optional<Ids>, bool, Text, OptionalId, OptionalText)>
    sort_products{"sort_products", sql::catalog::products::sort_products, pg::Plan::fresh};

// Does the tenant have this living category, family, attribute group or attribute?
inline const pg::Statement<Owned(Id, Text, Id)> owns{"owns", sql::catalog::products::owns};

// tenant, actor, name, SKU, link, image, thumbnail, more images, their thumbnails, category, attribute group, family,
// parent's SKU, attributes, attributes and values, family attributes and values, request id, assets, parent
inline const pg::Statement<WriteChecks(Id, Id, Text, Text, OptionalText, OptionalText, OptionalText, Texts, Texts,
                                       OptionalId, OptionalId, OptionalId, OptionalText, Ids, Ids, OptionalTexts, Ids,
                                       OptionalTexts, Text, Ids, OptionalId)>
    create_product{"create_product", sql::catalog::products::create_product};

// tenant, actor, product, fields given, then as above but for the parent by id, the parent by SKU, and the assets
inline const pg::Statement<UpdateChecks(Id, Id, Id, Texts, OptionalText, OptionalText, OptionalText, OptionalText,
                                        OptionalText, Texts, Texts, OptionalId, OptionalId, OptionalId, OptionalId,
                                        OptionalText, Ids, Ids, OptionalTexts, Ids, OptionalTexts, Ids, Text,
                                        OptionalId)>
    update_product{"update_product", sql::catalog::products::update_product};

// tenant, actor, family, products, request id
inline const pg::Statement<FamilyAttached(Id, Id, Id, Ids, Text)> attach_to_family_statement{
    "attach_to_family", sql::catalog::products::attach_to_family};
// tenant, actor, parent, products, request id
inline const pg::Statement<Attached(Id, Id, Id, Ids, Text)> attach_variants_statement{
    "attach_variants", sql::catalog::products::attach_variants};
// tenant, actor, parent, variant, request id
inline const pg::Statement<Detached(Id, Id, Id, Id, Text)> detach_variant_statement{
    "detach_variant", sql::catalog::products::detach_variant};
// tenant, actor, parent, numbers of combinations, attributes, values, request id, lengths of a SKU and of a name
inline const pg::Statement<GeneratedRows(Id, Id, Id, Ids, Ids, Texts, Text, Id, Id)> generate_variants_statement{
    "generate_variants", sql::catalog::products::generate_variants};

// As filter_products (the limit: how many at most), and: ids, actor, with their variants, reason, request id
inline const pg::Statement<trash::DeletedMany(
    Id, Id, std::int64_t, OptionalTime, OptionalId, bool, OptionalId, OptionalText, OptionalText, OptionalText,
    OptionalId, OptionalId, OptionalId, Texts, std::optional<Ids>, bool, Text, Ids, OptionalTexts, Texts, OptionalTexts,
    OptionalTexts, Ids, OptionalTexts, OptionalId, OptionalText, std::optional<Ids>, Id, bool, OptionalText, Text, Id)>
    delete_products_statement{"delete_products", sql::trash::delete_products, pg::Plan::fresh};

}  // namespace pim::catalog::products
