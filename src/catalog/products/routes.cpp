#include "catalog/products/routes.hpp"

#include <fmt/format.h>

#include <memory>

#include "catalog/products/input.hpp"
#include "catalog/products/list.hpp"
#include "catalog/products/product_json.hpp"
#include "catalog/products/save.hpp"
#include "catalog/products/statements.hpp"
#include "http/body.hpp"
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
  Answer move_to_trash(Request& request, const Caller& caller);
  Answer list_deleted(Request& request, const Caller& caller);
  Answer restore(Request& request, const Caller& caller);
  Answer purge(Request& request, const Caller& caller);

 private:
  pg::Database& database() const { return services_.databases.here(); }
  Task<Result<Response>> detail(const Caller& caller, const products::Saved& saved, int status);
  Task<Result<products::Saved>> save_new(const Act& act, const Input& input);
  Task<Result<void>> must_own(const Caller& caller, std::string_view kind, std::int32_t id, std::string_view message);

  Services services_;
};

// Small pieces --------------------------------------------------------------------------------------------------

Result<std::int32_t> product_id(const Request& request,
                                std::string_view message = "Product with ID {} not found or access denied") {
  return http::existing_id(request, "id", message);
}

Response one_product(const ProductDetail& product, int status = 200,
                     const std::vector<std::string>& already_in_family = {}) {
  auto response = Response::json(detail_json(product, already_in_family), status);
  // The version alone tells two states of one product apart.
  response.headers.emplace_back("ETag", fmt::format("\"{}-{}\"", product.id, product.version));
  return response;
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
  const auto rows = co_await database().read(find_product, caller.tenant, id, std::nullopt);
  if (rows.empty()) co_return not_found(fmt::format("Product with ID {} not found or access denied", id));
  co_return one_product(rows[0]);
}

Answer Endpoints::find_by_sku(Request& request, const Caller& caller) {
  const std::string_view sku = request.param("sku");
  if (sku.contains('\0')) co_return bad_request("The SKU must not contain a zero character", "invalid");
  const auto rows = co_await database().read(find_product, caller.tenant, std::nullopt, sku);
  if (rows.empty()) co_return not_found(fmt::format("Product with SKU {} not found or access denied", sku));
  co_return one_product(rows[0]);
}

Task<Result<void>> Endpoints::must_own(const Caller& caller, std::string_view kind, std::int32_t id,
                                       std::string_view message) {
  const auto rows = co_await database().read(owns, caller.tenant, kind, id);
  if (!rows[0].is_owned) co_return bad_request(std::string(message), "not_found");
  co_return Result<void>{};
}

Answer Endpoints::list_of_category(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request, "Category with ID {} not found");
  const auto page = co_await http::Page::of(request);
  co_await must_own(caller, "category", id, "Category not found or does not belong to you");
  co_return co_await list(database(), caller.tenant, page, {.with_variants = true, .category = id}, read_order(request),
                          write_item);
}

Answer Endpoints::list_of_family(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request, "Family with ID {} not found");
  const auto page = co_await http::Page::of(request);
  co_await must_own(caller, "family", id, "Family not found or does not belong to you");
  co_return co_await list(database(), caller.tenant, page, {.with_variants = true, .family = id}, read_order(request),
                          write_item);
}

Answer Endpoints::list_of_attribute_group(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request, "Attribute group with ID {} not found");
  const auto page = co_await http::Page::of(request);
  co_await must_own(caller, "attribute group", id, "Attribute group not found or does not belong to you");
  co_return co_await list(database(), caller.tenant, page, {.with_variants = true, .attribute_group = id},
                          read_order(request), write_item);
}

Answer Endpoints::list_of_attribute(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request, "Attribute with ID {} not found");
  const auto page = co_await http::Page::of(request);
  co_await must_own(caller, "attribute", id, "Attribute not found or does not belong to you");
  co_return co_await list(database(), caller.tenant, page,
                          {.with_variants = true, .attributes = std::vector<std::int32_t>{id}}, read_order(request),
                          write_item);
}

Answer Endpoints::list_variants(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request);
  const auto page = co_await http::Page::of(request);
  Filter filter = co_await read_filter(request);
  filter.with_variants = true;
  filter.parent = id;
  const auto rows = co_await database().read(owns, caller.tenant, "product", id);
  if (!rows[0].is_owned) co_return bad_request("Parent product not found or does not belong to you", "not_found");
  Order order{.by = "name", .ascending = request.query("sortOrder") != "desc"};
  if (request.query("sortBy") == "sku") order.by = "sku";
  co_return co_await list(database(), caller.tenant, page, std::move(filter), order, write_variant);
}

// Writing -------------------------------------------------------------------------------------------------------

// The answer to a write: the product as it is now.
Task<Result<Response>> Endpoints::detail(const Caller& caller, const products::Saved& saved, int status) {
  const auto rows = co_await database().read(find_product, caller.tenant, saved.id, std::nullopt);
  if (rows.empty()) co_return not_found(fmt::format("Product with ID {} was deleted by somebody else", saved.id));
  co_return one_product(rows[0], status, saved.already_in_family);
}

// With `updateExisting` a taken SKU means: change the product that has it.
Task<Result<products::Saved>> Endpoints::save_new(const Act& act, const Input& input) {
  auto saved = co_await as_result(products::create(database(), act, input));
  if (saved || !input.update_existing || saved.error().code != "product.sku_taken") co_return saved;
  const auto rows = co_await database().read(find_product, act.tenant, std::nullopt, OptionalText(*input.sku));
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
  const auto input = co_await read_input(co_await http::read_json(request), Purpose::update);
  const auto saved = co_await products::update(database(), act_of(request, caller), id, input);
  co_return co_await detail(caller, saved, 200);
}

// The trash -----------------------------------------------------------------------------------------------------

Answer Endpoints::move_to_trash(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request, "Product with ID {} not found or already deleted");
  const bool with_variants = co_await http::flag_parameter(request, "softDeleteVariants", false);
  const auto deleted = co_await trash::delete_product(database(), act_of(request, caller), id, with_variants);
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
  co_await trash::restore_product(database(), act_of(request, caller), id, with_variants);
  const auto rows = co_await database().read(find_product, caller.tenant, id, std::nullopt);
  Response response;
  // The product is null where somebody else has deleted it again meanwhile.
  json::Object(response.body)
      .add("message", "Product successfully restored")
      .add_raw("product", rows.empty() ? "null" : detail_json(rows[0]));
  co_return response;
}

Answer Endpoints::purge(Request& request, const Caller& caller) {
  const auto id = co_await product_id(request, "Soft-deleted product with ID {} not found");
  co_await trash::purge_product(database(), act_of(request, caller), id);
  co_return Response::message("Product permanently deleted");
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
  route(patch, "/products/:id", "update", &Endpoints::update);
  route(del, "/products/:id", "delete", &Endpoints::move_to_trash);
  route(post, "/products/:id/restore", "update", &Endpoints::restore);
  route(del, "/products/:id/permanent", "delete", &Endpoints::purge);
}

}  // namespace pim::catalog::products
