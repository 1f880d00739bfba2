// Lists of products: which rows, in which order, and the page's JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/products/product.hpp"
#include "catalog/products/value_filter.hpp"
#include "http/page.hpp"
#include "http/request.hpp"
#include "http/response.hpp"
#include "json/writer.hpp"
#include "pg/blocking.hpp"
#include "pg/database.hpp"

namespace pim::catalog::products {

// What a list is narrowed to. Filters that are empty don't count.
struct Filter {
  bool with_variants = false;
  std::optional<std::int32_t> parent, category, attribute_group, family;
  std::vector<std::string_view> without;  // of: category, attributeGroup, family
  std::optional<std::string> like, beginning, status;
  std::optional<std::vector<std::int32_t>> attributes;  // any of them
  ValueFilter values;

  bool is_empty() const noexcept;
};

struct Order {
  std::string by = "createdAt";  // a column, or "attribute"
  bool ascending = false;
  AttributeRef attribute{};
  bool is_newest_first() const noexcept { return by == "createdAt" && !ascending; }
  bool is_by_attribute() const noexcept { return by == "attribute"; }
  bool is_by_link() const noexcept;  // the name of the category, the family or the attribute group
};

// The query parameters of GET /products: search, status, categoryId, attributeGroupId, familyId ("null": none),
// attributeIds, includeVariants, and those of value_filter.hpp. A value that can't be is 400, naming the parameter.
Result<Filter> read_filter(const http::Request& request);
// The same as a JSON object of known fields, with `attributes`: {"Color": "Black", "Price": {"gte": 20}}.
Result<Filter> read_filter(const boost::json::object& fields);
// sortBy and sortOrder; a column, or attr[…]. Anything else is newest first, as the replaced service has it.
Order read_order(const http::Request& request);
// The two forms of a search text: substring from three characters on, else the beginning.
void set_search(Filter& filter, std::string_view text);

// Writes one product into the "data" of the answer.
using WriteItem = void (*)(json::Object&, const Product&);

// What all products of a list are of: "category", "family", "attribute group", "attribute" or "product" (their parent).
struct Owner {
  std::string_view kind;
  std::int32_t id;
  std::string_view missing;  // 400 with these words where the tenant has no such living one
};

// The page that `request` asks for.
Task<Result<http::Response>> list(pg::Database& database, std::int32_t tenant, http::Page page, Filter filter,
                                  Order order, WriteItem write_item, std::optional<Owner> owner = std::nullopt);

// The ids of all products that match, in that order: for work on a connection of its own, an export for one.
Result<std::vector<std::int32_t>> select(pg::Blocking& connection, std::int32_t tenant, const Filter& filter,
                                         const Order& order);

}  // namespace pim::catalog::products
