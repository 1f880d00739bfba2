#include "catalog/products/routes.hpp"

#include <fmt/format.h>

#include <limits>
#include <memory>

#include "base/id.hpp"
#include "catalog/products/bulk.hpp"
#include "catalog/products/input.hpp"
#include "catalog/products/list.hpp"
#include "catalog/products/product_json.hpp"
#include "catalog/products/save.hpp"
#include "catalog/products/statements.hpp"
#include "catalog/products/variants.hpp"
#include "http/body.hpp"
#include "http/fields.hpp"
#include "http/list.hpp"
#include "http/selection.hpp"
#include "trash/bulk_delete.hpp"
#include "trash/preview_token.hpp"
#include "trash/products.hpp"

namespace pim::catalog::products {
namespace {

using http::Caller;
using http::Request;
using http::Response;
using Answer = Task<Result<Response>>;

class Endpoints {
 public:
  explicit Endpoints(const Services& services) : services_(services) {}

  Answer create(Request& request, const Caller& caller);
  Answer list_all(Request& request, const Caller& caller);
  Answer find(Request& request, const Caller& caller);
  Answer find_by_sku(Request& request, const Caller& caller);
  Answer list_of_category(Request& request, const Caller& caller);
  Answer list_of_family(Request& request, const Caller& caller);
  Answer list_of_attribute_group(Request& request, const Caller& caller);
  Answer list_of_attribute(Request& request, const Caller& caller);
  Answer list_variants(Request& request, const Caller& caller);
  Answer update(Request& request, const Caller& caller);
  Answer list_values(Request& request, const Caller& caller);
  Answer set_values(Request& request, const Caller& caller);
  Answer attach_to_family(Request& request, const Caller& caller);
  Answer create_variant(Request& request, const Caller& caller);
  Answer generate_variants(Request& request, const Caller& caller);
  Answer attach_variants(Request& request, const Caller& caller);
  Answer detach_variant(Request& request, const Caller& caller);
  Answer move_many_to_trash(Request& request, const Caller& caller);
  Answer move_to_trash(Request& request, const Caller& caller);
  Answer list_deleted(Request& request, const Caller& caller);
  Answer restore(Request& request, const Caller& caller);

 private:
  pg::Database& database() const { return services_.databases.here(); }
  Task<Result<Response>> detail(const Caller& caller, const products::Saved& saved, int status);
  Task<Result<products::Saved>> save_new(const Act& act, const Input& input);

  Services services_;
};

// Small pieces --------------------------------------------------------------------------------------------------

Result<std::int32_t> product_id(const Request& request,
                                std::string_view message = "Product with ID {} not found or access denied") {
  return http::existing_id(request, "id", message);
}

Response one_product(const ProductDetail& product, const http::UrlSigner& signer, int status = 200,
                     const products::Saved& saved = {}) {
  auto response = Response::json(detail_json(product, signer, saved), status);
  // The version alone tells two states of one product apart.
  response.headers.emplace_back("ETag", fmt::format("\"{}-{}\"", product.id, product.version));
  return response;
}

// The version that If-Match asks for, of an ETag of ours; 412 where it names none of this product.
Result<std::optional<std::int32_t>> wanted_version(const Request& request, std::int32_t product) {
  std::string_view tag = request.header("if-match");
  if (tag.empty() || tag == "*") return std::nullopt;
  const std::string before = fmt::format("\"{}-", product);
  if (!tag.starts_with(before) || !tag.ends_with('"')) return trash::another_version();
  const auto version = parse_id(tag.substr(before.size(), tag.size() - before.size() - 1));
  if (!version) return trash::another_version();
  return version;
}

void write_item(json::Object& out, const Product& product) { write(out, product); }

Response deleted_page(const http::Page& page, const pg::Rows<trash::DeletedProduct>& rows, std::int64_t total) {
  Response response;
  std::optional<http::Cursor> next;
  {
    json::Object body{response.body};
    {
      json::Array data = body.array("data");
      for (int i = 0; i < std::min(rows.size(), page.limit); ++i) {
        const trash::DeletedProduct product = rows[i];
        json::Object item = data.object();
        write(item, product);
        if (product.deleted_at) next = http::Cursor{product.deleted_at->time_since_epoch().count(), product.id};
      }
    }
    if (rows.size() <= page.limit) next.reset();
    body.add_raw("pagination", http::pagination_json(page, total, next, true));
  }
  return response;
}

// Reading -------------------------------------------------------------------------------------------------------

Answer Endpoints::list_all(Request& request, const Caller& caller) {
  const auto page = co_await http::Page::of(request);
  auto filter = co_await read_filter(request);
  co_return co_await list(database(), caller.tenant, page, std::move(filter), read_order(request), write_item);
}

Answer Endpoints::find(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request);
  const auto rows = co_await database().read(find_product, caller.tenant, id);
  if (rows.empty()) co_return not_found(fmt::format("Product with ID {} not found or access denied", id));
  co_return one_product(rows[0], *services_.signer);
}

Answer Endpoints::find_by_sku(Request& request, const Caller& caller) {
  const std::string_view sku = request.param("sku");
  if (sku.contains('\0')) co_return bad_request("The SKU must not contain a zero character", "invalid");
  const auto rows = co_await database().read(find_product_by_sku, caller.tenant, sku);
  if (rows.empty()) co_return not_found(fmt::format("Product with SKU {} not found or access denied", sku));
  co_return one_product(rows[0], *services_.signer);
}

Answer Endpoints::list_of_category(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request, "Category with ID {} not found");
  const auto page = co_await http::Page::of(request);
  co_return co_await list(database(), caller.tenant, page, {.with_variants = true, .category = id}, read_order(request),
                          write_item, Owner{"category", id, "Category not found or does not belong to you"});
}

Answer Endpoints::list_of_family(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request, "Family with ID {} not found");
  const auto page = co_await http::Page::of(request);
  co_return co_await list(database(), caller.tenant, page, {.with_variants = true, .family = id}, read_order(request),
                          write_item, Owner{"family", id, "Family not found or does not belong to you"});
}

Answer Endpoints::list_of_attribute_group(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request, "Attribute group with ID {} not found");
  const auto page = co_await http::Page::of(request);
  co_return co_await list(database(), caller.tenant, page, {.with_variants = true, .attribute_group = id},
                          read_order(request), write_item,
                          Owner{"attribute group", id, "Attribute group not found or does not belong to you"});
}

Answer Endpoints::list_of_attribute(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request, "Attribute with ID {} not found");
  const auto page = co_await http::Page::of(request);
  co_return co_await list(database(), caller.tenant, page,
                          {.with_variants = true, .attributes = std::vector<std::int32_t>{id}}, read_order(request),
                          write_item, Owner{"attribute", id, "Attribute not found or does not belong to you"});
}

// The page of a list that refuses what others bring within their bounds.
Result<http::Page> strict_page(const Request& request) {
  const auto number = http::integer_parameter(request, "page");
  if (!number) return std::unexpected(number.error());
  const auto limit = http::integer_parameter(request, "limit");
  if (!limit) return std::unexpected(limit.error());
  std::vector<std::string> troubles;
  if (number->value_or(1) < 1) troubles.emplace_back("Page must be at least 1");
  if (limit->value_or(1) < 1) troubles.emplace_back("Limit must be at least 1");
  if (limit->value_or(1) > http::Page::limit_max) troubles.emplace_back("Limit cannot exceed 100");
  if (!troubles.empty()) return invalid(std::move(troubles));
  return http::Page::of(request);
}

Answer Endpoints::list_variants(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request);
  co_await http::only_parameters(request, {"page", "limit", "sortBy", "sortOrder", "search", "status"});
  const auto page = co_await strict_page(request);
  Filter filter = co_await read_filter(request);
  filter.with_variants = true;
  filter.parent = id;
  const auto by = co_await http::choice_parameter(request, "sortBy", {"name", "sku"}, "name");
  const auto direction = co_await http::choice_parameter(request, "sortOrder", {"asc", "desc"}, "asc");
  co_await http::choice_parameter(request, "status", {"complete", "incomplete"}, "");
  const Order order{.by = std::string(by), .ascending = direction == "asc"};
  co_return co_await list(database(), caller.tenant, page, std::move(filter), order, write_variant,
                          Owner{"product", id, "Parent product not found or does not belong to you"});
}

// Writing -------------------------------------------------------------------------------------------------------

// The answer to a write: the product as it is now.
Task<Result<Response>> Endpoints::detail(const Caller& caller, const products::Saved& saved, int status) {
  const auto rows = co_await database().read(find_product, caller.tenant, saved.id);
  if (rows.empty()) co_return not_found(fmt::format("Product with ID {} was deleted by somebody else", saved.id));
  co_return one_product(rows[0], *services_.signer, status, saved);
}

// With `updateExisting` a taken SKU means: change the product that has it.
Task<Result<products::Saved>> Endpoints::save_new(const Act& act, const Input& input) {
  auto saved = co_await as_result(products::create(database(), act, input));
  if (saved || !input.update_existing || saved.error().code != "product.sku_taken") co_return saved;
  const auto rows = co_await database().read(find_product_by_sku, act.tenant, *input.sku);
  if (rows.empty()) co_return saved;
  co_return co_await as_result(products::update(database(), act, rows[0].id, input));
}

Answer Endpoints::create(Request& request, const Caller& caller) {
  const auto input = co_await read_input(co_await http::read_json(request), Purpose::create);
  const auto saved = co_await save_new(act_of(request, caller), input);
  co_return co_await detail(caller, saved, 201);
}

Answer Endpoints::update(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request);
  const auto version = co_await wanted_version(request, id);
  const auto input = co_await read_input(co_await http::read_json(request), Purpose::update);
  const auto saved = co_await products::update(database(), act_of(request, caller), id, input, version);
  co_return co_await detail(caller, saved, 200);
}

Answer Endpoints::list_values(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request, "Product with ID {} not found");
  const auto rows = co_await database().read(find_product, caller.tenant, id);
  if (rows.empty()) co_return not_found(fmt::format("Product with ID {} not found", id));
  const ProductDetail product = rows[0];
  Response response;
  {
    json::Array out{response.body};
    write_values(out, product.attributes);
  }
  co_return response;
}

Answer Endpoints::set_values(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request);
  const auto input = co_await read_values(co_await http::read_json(request));
  const auto saved = co_await products::update(database(), act_of(request, caller), id, input);
  co_return co_await detail(caller, saved, 200);
}

// Many --------------------------------------------------------------------------------------------------------

// Ids of products, from 1 to so many.
std::vector<std::int32_t> read_ids(http::Fields& fields, const boost::json::value& body, std::string_view name) {
  std::vector<std::int32_t> ids;
  const boost::json::value* value = body.is_object() ? body.get_object().if_contains(name) : nullptr;
  if (value == nullptr || !value->is_array() || value->get_array().empty()) {
    fields.complain(fmt::format("{} must be an array with at least 1 elements", name));
    return ids;
  }
  if (value->get_array().size() > http::Selection::ids_max) {
    fields.complain(fmt::format("{} must contain no more than {} elements", name, http::Selection::ids_max));
  }
  for (const boost::json::value& item : value->get_array()) {
    boost::system::error_code error;
    const auto id = item.is_number() ? item.to_number<std::int32_t>(error) : 0;
    if (error || !item.is_number()) {
      fields.complain(fmt::format("each value in {} must be an integer number", name));
      return ids;
    }
    ids.push_back(id);
  }
  return ids;
}

Response outcome_of(const Outcome& outcome) {
  Response response;
  json::Object body{response.body};
  body.add("success", outcome.failures.empty()).add("attached", outcome.done).add("failed", outcome.failures.size());
  {
    json::Array errors = body.array("errors");
    for (const Outcome::Failure& failure : outcome.failures) {
      json::Object item = errors.object();
      item.add("productId", failure.product).add("error", failure.error);
    }
  }
  body.close();
  return response;
}

Answer Endpoints::attach_to_family(Request& request, const Caller& caller) {
  const auto body = co_await http::read_json(request);
  http::Fields fields(body, {"familyId", "productIds"});
  const auto family = fields.optional_number("familyId", 1, std::numeric_limits<std::int32_t>::max());
  if (!fields.has("familyId")) fields.complain("familyId must be an integer number");
  const auto products = read_ids(fields, body, "productIds");
  co_await fields.check();
  co_return outcome_of(co_await products::attach_to_family(database(), act_of(request, caller), *family, products));
}

Answer Endpoints::create_variant(Request& request, const Caller& caller) {
  const auto parent = co_await product_id(request);
  auto input = co_await read_input(co_await http::read_json(request), Purpose::variant);
  input.parent_id = parent;
  const auto saved = co_await products::create(database(), act_of(request, caller), input);
  co_return co_await detail(caller, saved, 201);
}

Answer Endpoints::generate_variants(Request& request, const Caller& caller) {
  const auto parent = co_await product_id(request);
  const auto axes = co_await read_axes(co_await http::read_json(request));
  const auto made = co_await products::generate_variants(database(), act_of(request, caller), parent, axes);
  Response response;
  response.status = 201;
  json::Object body{response.body};
  body.add("message", fmt::format("Created {} variant(s)", made.created.size()))
      .add("created", made.created.size())
      .add("skipped", made.skipped);
  {
    json::Array variants = body.array("variants");
    for (const Generated::Variant& variant : made.created) {
      json::Object item = variants.object();
      item.add("id", variant.id).add("name", variant.name).add("sku", variant.sku);
    }
  }
  body.close();
  co_return response;
}

Answer Endpoints::attach_variants(Request& request, const Caller& caller) {
  const auto parent = co_await product_id(request);
  const auto body = co_await http::read_json(request);
  http::Fields fields(body, {"ids"});
  const auto ids = read_ids(fields, body, "ids");
  co_await fields.check();
  co_return outcome_of(co_await products::attach_variants(database(), act_of(request, caller), parent, ids));
}

Answer Endpoints::detach_variant(Request& request, const Caller& caller) {
  constexpr std::string_view missing = "Variant not found or does not belong to the specified parent product";
  const auto parent = co_await http::id_parameter(request, "id");
  const auto variant = co_await http::id_parameter(request, "variantId");
  if (!parent || !variant) co_return bad_request(std::string(missing), "product.variant_not_found");
  const auto name = co_await products::detach_variant(database(), act_of(request, caller), *parent, *variant);
  co_return Response::message(fmt::format("Successfully removed variant product {}", name));
}

Answer Endpoints::move_many_to_trash(Request& request, const Caller& caller) {
  const bool with_variants = co_await http::flag_parameter(request, "softDeleteVariants", false);
  const auto bulk = co_await trash::read_bulk_delete(request, co_await http::read_json(request),
                                                     *trash::find_kind("product"), with_variants);
  const auto chosen = co_await http::read_selection(
      bulk.selection, {"search", "status", "categoryId", "attributeGroupId", "familyId", "attributeIds", "attributes"});
  Filter filter = co_await read_filter(chosen.filters);
  if (!chosen.ids && !chosen.all && filter.is_empty()) {
    co_return invalid({"filters must have at least one that narrows; or \"all\": true for all"});
  }
  const trash::Previewing previewing{services_.secret, caller.tenant, services_.retention_days};
  if (bulk.is_dry) {
    const auto ids = chosen.ids ? *chosen.ids : co_await products::matching_ids(database(), caller.tenant, filter);
    co_return co_await trash::preview_bulk_delete(database(), previewing, bulk, *trash::find_kind("product"), ids,
                                                  chosen.ids.has_value());
  }
  const auto rows_max = co_await trash::rows_to_delete_max(previewing, bulk, chosen.ids.has_value());
  const auto deleted = co_await products::delete_products(database(), act_of(request, caller), chosen.ids, filter,
                                                          with_variants, rows_max, trash::rows_at_once_max_of(bulk));
  if (deleted.chosen > rows_max) co_await trash::check_previewed(previewing, bulk, deleted.chosen);
  co_return trash::answer_to_bulk_delete(*trash::find_kind("product"), deleted);
}

// The trash -----------------------------------------------------------------------------------------------------

Answer Endpoints::move_to_trash(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request, "Product with ID {} not found or already deleted");
  const bool with_variants = co_await http::flag_parameter(request, "softDeleteVariants", false);
  if (co_await http::flag_parameter(request, "dryRun", false)) {
    co_return co_await trash::preview_delete(database(), caller.tenant, *trash::find_kind("product"), id, with_variants,
                                             services_.retention_days);
  }
  const auto version = co_await wanted_version(request, id);
  const auto deleted = co_await trash::delete_product(database(), act_of(request, caller), id, with_variants, version);
  co_return trash::answer_to_delete("Product successfully soft deleted", deleted,
                                    fmt::format("POST /products/{}/restore", id));
}

Answer Endpoints::list_deleted(Request& request, const Caller& caller) {
  const auto page = co_await http::Page::of(request);
  trash::DeletedPage wanted{.limit = page.limit + 1, .offset = page.offset()};
  if (page.after) {
    wanted.after_time = pg::Timestamp{std::chrono::microseconds{page.after->microseconds}};
    wanted.after_id = page.after->id;
  }
  const auto rows = co_await trash::deleted_products(database(), caller.tenant, wanted, services_.retention_days);
  const std::int64_t total =
      rows.empty() ? co_await trash::count_deleted_products(database(), caller.tenant) : rows[0].total;

  co_return deleted_page(page, rows, total);
}

Answer Endpoints::restore(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request, "Soft-deleted product with ID {} not found");
  const bool with_variants = co_await http::flag_parameter(request, "restoreVariants", true);
  const auto restored = co_await trash::restore_product(database(), act_of(request, caller), id, with_variants,
                                                        co_await trash::read_restore_how(request));
  const auto rows = co_await database().read(find_product, caller.tenant, id);
  Response response;
  // The product is null where it stays in the trash, or somebody else has deleted it again meanwhile.
  json::Object(response.body)
      .add("message", restored.message)
      .add_raw("product", rows.empty() ? "null" : detail_json(rows[0], *services_.signer))
      .add_members(restored.facts);
  co_return response;
}

}  // namespace

void add_routes(http::Router& router, const Services& services) {
  using enum http::Method;
  const auto endpoints = std::make_shared<Endpoints>(services);
  const auto route = [&](http::Method method, std::string_view pattern, std::string_view action,
                         Answer (Endpoints::*handler)(Request&, const Caller&)) {
    router.add(method, pattern, http::needs("products", action), http::handler_of(endpoints, handler));
  };
  route(post, "/products", "create", &Endpoints::create);
  route(get, "/products", "read", &Endpoints::list_all);
  route(get, "/products/sku/:sku", "read", &Endpoints::find_by_sku);
  route(get, "/products/category/:id", "read", &Endpoints::list_of_category);
  route(get, "/products/family/:id", "read", &Endpoints::list_of_family);
  route(get, "/products/attribute-group/:id", "read", &Endpoints::list_of_attribute_group);
  route(get, "/products/attribute/:id", "read", &Endpoints::list_of_attribute);
  route(get, "/products/deleted", "delete", &Endpoints::list_deleted);
  route(get, "/products/:id", "read", &Endpoints::find);
  route(get, "/products/:id/variants", "read", &Endpoints::list_variants);
  route(get, "/products/:id/attributes", "read", &Endpoints::list_values);
  route(patch, "/products/:id/attributes", "update", &Endpoints::set_values);
  route(patch, "/products/:id", "update", &Endpoints::update);
  route(post, "/products/bulk/attach-to-family", "update", &Endpoints::attach_to_family);
  route(post, "/products/bulk-delete", "delete", &Endpoints::move_many_to_trash);
  route(post, "/products/:id/variants", "update", &Endpoints::create_variant);
  route(post, "/products/:id/variants/generate", "update", &Endpoints::generate_variants);
  route(post, "/products/:id/variants/attach", "update", &Endpoints::attach_variants);
  route(del, "/products/:id/variants/:variantId", "update", &Endpoints::detach_variant);
  route(del, "/products/:id", "delete", &Endpoints::move_to_trash);
  route(post, "/products/:id/restore", "update", &Endpoints::restore);
}

}  // namespace pim::catalog::products
