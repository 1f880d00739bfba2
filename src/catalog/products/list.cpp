#include "catalog/products/list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <limits>

#include "base/id.hpp"
#include "base/text.hpp"
#include "catalog/products/parameters.hpp"
#include "catalog/products/product_json.hpp"
#include "catalog/products/rules.hpp"
#include "catalog/products/statements.hpp"
#include "pg/like.hpp"

namespace pim::catalog::products {
namespace {

constexpr std::array<std::string_view, 15> sort_columns{"id",           "name",
                                                        "sku",          "productLink",
                                                        "imageUrl",     "status",
                                                        "categoryId",   "attributeGroupId",
                                                        "familyId",     "userId",
                                                        "createdAt",    "updatedAt",
                                                        "categoryName", "attributeGroupName",
                                                        "familyName"};

// An id, or "null" for those that have none.
Result<void> read_reference(const http::Request& request, std::string_view parameter, std::string_view name,
                            std::optional<std::int32_t>& id, std::vector<std::string_view>& without) {
  if (request.query(parameter) == "null") {
    without.push_back(name);
    return {};
  }
  const auto number = http::integer_parameter(request, parameter);
  if (!number) return std::unexpected(number.error());
  id = *number;
  return {};
}

// What a page needs: one row more than it shows says whether there is another page.
Task<Result<pg::Rows<ListedProduct>>> rows_of(pg::Database& database, std::int32_t tenant, const http::Page& page,
                                              const Filter& filter, const Order& order) {
  if (filter.is_empty() && order.is_newest_first()) {
    co_return co_await database.read(list_products, tenant, page.limit + 1, page.offset(), time_of(page.after),
                                     id_of(page.after));
  }
  if (filter.is_empty() && order.is_by_link()) {
    co_return co_await database.search(list_products_by_link, tenant, page.limit + 1, page.offset(), order.by,
                                       order.ascending);
  }
  // What meets conditions on values is found once, for the page and for the total.
  if (!filter.values.is_empty()) {
    co_return co_await with_values(tenant, page.limit + 1, page, filter, order,
                                   [&](const auto&... values) { return database.search(filter_products, values...); });
  }
  if (order.is_by_attribute()) {
    co_return co_await with_parameters(tenant, page.limit + 1, page, filter, order, [&](const auto&... values) {
      return database.search(sort_products, values..., order.attribute.id, view_of(order.attribute.name));
    });
  }
  co_return co_await with_parameters(tenant, page.limit + 1, page, filter, order, [&](const auto&... values) {
    return database.search(search_products, values...);
  });
}

// What a filter that found nothing may have wrong.
Result<void> check(const Filtered& filtered) {
  std::vector<std::string> troubles;
  troubles.reserve(filtered.unknown.size() + filtered.not_numbers.size());
  for (const auto name : filtered.unknown)
    troubles.push_back(fmt::format("attr[{}] names no attribute of yours", name));
  for (const auto text : filtered.not_numbers) {
    troubles.push_back(fmt::format("\"{}\" is no number, which the attribute's values are", text));
  }
  if (!troubles.empty()) return invalid(std::move(troubles));
  return {};
}

// The total of a list whose page is empty: no row brings it along.
Task<Result<std::int64_t>> total_of(pg::Database& database, std::int32_t tenant, const http::Page& page,
                                    const Filter& filter, const Order& order) {
  if (!filter.values.is_empty() || order.is_by_attribute()) {
    co_return co_await check_values(database, tenant, filter, order);
  }
  if (filter.is_empty()) {
    const auto rows = co_await database.read(count_products, tenant);
    co_return rows[0].total;
  }
  const auto rows = co_await with_parameters(tenant, page.limit, {}, filter, order, [&](const auto&... values) {
    return database.search(count_matching_products, values...);
  });
  co_return rows[0].total;
}

// An id, as a JSON number or in digits.
std::optional<std::int32_t> id_of(const boost::json::value& value) {
  if (value.is_string()) return parse_id(value.get_string());
  boost::system::error_code error;
  const auto id = value.to_number<std::int32_t>(error);
  return value.is_number() && !error ? std::optional(id) : std::nullopt;
}

// "categoryId" and its like: an id, or null for those that have none.
std::string read_reference(Filter& filter, std::string_view field, std::string_view name,
                           const boost::json::value& value, std::optional<std::int32_t>& id) {
  if (value.is_null() || (value.is_string() && value.get_string() == "null")) {
    filter.without.push_back(name);
    return {};
  }
  id = id_of(value);
  return id ? std::string{} : fmt::format("{} must be an integer number", field);
}

// One field of a filter as JSON. What is wrong with it, in words; empty where nothing is.
std::string read_field(Filter& filter, std::string_view field, const boost::json::value& value) {
  if (field == "search" || field == "status") {
    if (!value.is_string() || std::string_view(value.get_string()).contains('\0'))
      return fmt::format("{} must be a string", field);
    if (field == "search") {
      set_search(filter, value.get_string());
    } else {
      filter.status = std::string(value.get_string());
    }
  } else if (field == "categoryId") {
    return read_reference(filter, field, "category", value, filter.category);
  } else if (field == "attributeGroupId") {
    return read_reference(filter, field, "attributeGroup", value, filter.attribute_group);
  } else if (field == "familyId") {
    return read_reference(filter, field, "family", value, filter.family);
  } else if (field == "attributeIds") {
    if (!value.is_array()) return "attributeIds must be an array";
    filter.attributes.emplace();
    for (const boost::json::value& item : value.get_array()) {
      const auto id = id_of(item);
      if (!id) return "each value in attributeIds must be an integer number";
      filter.attributes->push_back(*id);
    }
  } else if (field == "attributes") {
    if (!value.is_object()) return "attributes must be an object";
  } else {
    return fmt::format("property {} should not exist", field);
  }
  return {};
}

}  // namespace

Task<Result<std::int64_t>> check_values(pg::Database& database, std::int32_t tenant, const Filter& filter,
                                        const Order& order) {
  const auto rows = co_await with_values(tenant, 0, {}, filter, order, [&](const auto&... values) {
    return database.search(count_filtered_products, values...);
  });
  const Filtered filtered = rows[0];
  co_await check(filtered);
  co_return filtered.total;
}

Result<std::vector<std::int32_t>> select(pg::Blocking& connection, std::int32_t tenant, const Filter& filter,
                                         const Order& order) {
  constexpr std::int32_t no_limit = std::numeric_limits<std::int32_t>::max();
  const auto rows = with_values(tenant, no_limit, {}, filter, order,
                                [&](const auto&... values) { return connection.run(select_products, values...); });
  if (!rows) return std::unexpected(to_problem(rows.error()));
  if (rows->empty()) {
    const auto counted = with_values(tenant, no_limit, {}, filter, order, [&](const auto&... values) {
      return connection.run(count_filtered_products, values...);
    });
    if (!counted) return std::unexpected(to_problem(counted.error()));
    const Filtered filtered = (*counted)[0];
    if (auto checked = check(filtered); !checked) return std::unexpected(std::move(checked).error());
  }
  std::vector<std::int32_t> ids;
  ids.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) ids.push_back((*rows)[i].id);
  return ids;
}

bool Order::is_by_link() const noexcept {
  return by == "categoryName" || by == "familyName" || by == "attributeGroupName";
}

bool Filter::is_empty() const noexcept {
  return !with_variants && !parent && !category && !attribute_group && !family && without.empty() && !like &&
         !beginning && !status && !attributes && values.is_empty();
}

void set_search(Filter& filter, std::string_view text) {
  constexpr std::size_t indexed_from = 3;  // characters: a trigram
  text = trimmed(text);
  if (text.empty()) return;
  if (characters_of(text) >= indexed_from) {
    filter.like = pg::like_containing(text);
  } else {
    filter.beginning = pg::like_beginning(text);
  }
}

Result<Filter> read_filter(const http::Request& request) {
  Filter filter;
  if (const auto text = request.query("search")) {
    if (text->contains('\0')) return invalid({"search must not contain a zero character"});
    set_search(filter, *text);
  }
  if (const auto status = request.query("status"); status && !status->empty()) filter.status = *status;
  for (const auto& [parameter, name, id] : {std::tuple{"categoryId", "category", &filter.category},
                                            std::tuple{"attributeGroupId", "attributeGroup", &filter.attribute_group},
                                            std::tuple{"familyId", "family", &filter.family}}) {
    if (auto read = read_reference(request, parameter, name, *id, filter.without); !read) {
      return std::unexpected(std::move(read).error());
    }
  }
  auto attributes = http::ids_parameter(request, "attributeIds");
  if (!attributes) return std::unexpected(std::move(attributes).error());
  filter.attributes = *std::move(attributes);
  const auto with_variants = http::flag_parameter(request, "includeVariants", false);
  if (!with_variants) return std::unexpected(with_variants.error());
  filter.with_variants = *with_variants;

  std::vector<std::string> troubles;
  for (const auto& [name, value] : request.query_parameters()) {
    if (!is_value_parameter(name)) continue;
    if (std::string trouble = filter.values.add(name, value); !trouble.empty()) troubles.push_back(std::move(trouble));
  }
  if (!troubles.empty()) return invalid(std::move(troubles));
  return filter;
}

Result<Filter> read_filter(const boost::json::object& fields) {
  Filter filter;
  std::vector<std::string> troubles;
  for (const auto& [key, value] : fields) {
    if (std::string trouble = read_field(filter, key, value); !trouble.empty()) troubles.push_back(std::move(trouble));
    if (key != "attributes" || !value.is_object()) continue;
    for (const auto& [attribute, wanted] : value.get_object()) {
      for (std::string& trouble : filter.values.add_json(attribute, wanted)) troubles.push_back(std::move(trouble));
    }
  }
  if (!troubles.empty()) return invalid(std::move(troubles));
  return filter;
}

Order read_order(const http::Request& request) {
  Order order;
  const auto by = request.query("sortBy");
  if (!by) return order;
  if (const auto attribute = attribute_of(*by)) {
    order = {.by = "attribute", .attribute = *attribute};
  } else if (std::ranges::find(sort_columns, *by) != sort_columns.end()) {
    order.by = *by;
  } else {
    return order;
  }
  order.ascending = request.query("sortOrder") == "asc";
  return order;
}

Task<Result<http::Response>> list(pg::Database& database, std::int32_t tenant, http::Page page, Filter filter,
                                  Order order, WriteItem write_item, std::optional<Owner> owner) {
  if (page.after && !order.is_newest_first()) {
    co_return invalid({"cursor goes with the newest first only: leave out sortBy, or page by number"});
  }
  if (owner) filter.without.emplace_back("living");
  const auto rows = co_await rows_of(database, tenant, page, filter, order);
  if (rows.empty() && owner) {  // the list of what is not there is as empty as one without products
    const auto owned = co_await database.read(owns, tenant, owner->kind, owner->id);
    if (!owned[0].is_owned) co_return bad_request(std::string(owner->missing), "not_found");
  }
  const int shown = std::min(rows.size(), page.limit);

  http::Response response;
  response.body.reserve(2 * rows.bytes());  // about what it takes
  std::int64_t total = 0;
  std::optional<http::Cursor> next;
  {
    json::Object body{response.body};
    {
      json::Array data = body.array("data");
      for (int i = 0; i < shown; ++i) {
        const ListedProduct product = rows[i];
        json::Object item = data.object();
        write_item(item, product);
        total = product.total;
        next = http::Cursor{product.created_at.time_since_epoch().count(), product.id};
      }
    }
    if (rows.empty()) total = co_await total_of(database, tenant, page, filter, order);
    if (rows.size() == shown || !order.is_newest_first()) next.reset();
    body.add_raw("pagination", http::pagination_json(page, total, next, order.is_newest_first()));
  }
  co_return response;
}

}  // namespace pim::catalog::products
