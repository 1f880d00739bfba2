// The statements of the slice, each with the types of its parameters and rows.
#pragma once

#include "catalog/products/product.hpp"
#include "pg/statement.hpp"
#include "sql/catalog/products.hpp"

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
  bool parent_found, parent_is_variant, category_found, attribute_group_found, family_found, has_family;
  std::vector<std::int32_t> unknown_attributes, outside_family;
  std::vector<std::string_view> already_in_family;
  std::vector<std::int32_t> unknown_assets;
};
BOOST_DESCRIBE_STRUCT(WriteChecks, (),
                      (id, parent_found, parent_is_variant, category_found, attribute_group_found, family_found,
                       has_family, unknown_attributes, outside_family, already_in_family, unknown_assets))

struct UpdateChecks {
  std::optional<std::int32_t> id;
  bool found;
  bool parent_found, parent_is_variant, category_found, attribute_group_found, family_found, has_family;
  std::vector<std::int32_t> unknown_attributes, outside_family;
  std::vector<std::string_view> already_in_family;
  std::vector<std::int32_t> unknown_assets;
};
BOOST_DESCRIBE_STRUCT(UpdateChecks, (),
                      (id, found, parent_found, parent_is_variant, category_found, attribute_group_found, family_found,
                       has_family, unknown_attributes, outside_family, already_in_family, unknown_assets))

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

struct Owned {
  bool is_owned;
};
BOOST_DESCRIBE_STRUCT(Owned, (), (is_owned))

inline const pg::Statement<ProductDetail(Id, OptionalId, OptionalText)> find_product{
    "find_product", sql::catalog::products::find_product};
inline const pg::Statement<ListedProduct(Id, Id, std::int64_t, OptionalTime, OptionalId)> list_products{
    "list_products", sql::catalog::products::list_products};
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

// As search_products, sorted by an attribute (by id or by name); the last says that nothing narrows the list.
inline const pg::Statement<ListedProduct(Id, Id, std::int64_t, OptionalTime, OptionalId, bool, OptionalId, OptionalText,
                                         OptionalText, OptionalText, OptionalId, OptionalId, OptionalId, Texts,
                                         std::optional<Ids>, bool, Text, OptionalId, OptionalText, bool)>
    sort_products{"sort_products", sql::catalog::products::sort_products, pg::Plan::fresh};

// Does the tenant have this living category, family, attribute group or attribute?
inline const pg::Statement<Owned(Id, Text, Id)> owns{"owns", sql::catalog::products::owns};

// tenant, actor, name, SKU, link, image, thumbnail, more images, their thumbnails, category, attribute group, family,
// parent's SKU, attributes, attributes and values, family attributes and values, request id, assets
inline const pg::Statement<WriteChecks(Id, Id, Text, Text, OptionalText, OptionalText, OptionalText, Texts, Texts,
                                       OptionalId, OptionalId, OptionalId, OptionalText, Ids, Ids, OptionalTexts, Ids,
                                       OptionalTexts, Text, Ids)>
    create_product{"create_product", sql::catalog::products::create_product};

// tenant, actor, product, fields given, then as above but for the parent by id, the parent by SKU, and the assets
inline const pg::Statement<UpdateChecks(Id, Id, Id, Texts, OptionalText, OptionalText, OptionalText, OptionalText,
                                        OptionalText, Texts, Texts, OptionalId, OptionalId, OptionalId, OptionalId,
                                        OptionalText, Ids, Ids, OptionalTexts, Ids, OptionalTexts, Ids, Text)>
    update_product{"update_product", sql::catalog::products::update_product};

}  // namespace pim::catalog::products
