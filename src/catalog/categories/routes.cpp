#include "catalog/categories/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <memory>
#include <utility>

#include "base/id.hpp"
#include "base/text.hpp"
#include "catalog/categories/statements.hpp"
#include "catalog/categories/tree.hpp"
#include "catalog/model_name.hpp"
#include "http/body.hpp"
#include "http/fields.hpp"
#include "http/page.hpp"
#include "http/selection.hpp"
#include "pg/like.hpp"
#include "trash/named.hpp"

namespace pim::catalog::categories {
namespace {

using http::Caller;
using http::Request;
using http::Response;
using Answer = Task<Result<Response>>;

constexpr ModelName name_rule{.of = "Category", .characters_max = 50};
constexpr std::size_t description_characters_max = 500;
constexpr std::int32_t levels_max = 100;    // of a tree
constexpr std::int32_t nodes_max = 50'000;  // in one answer
constexpr std::string_view not_found_text = "Category with ID {} not found or access denied";

// What a body says of a category.
struct Input {
  std::optional<std::string> name, description;
  OptionalId parent;
  Texts given;
};

class Endpoints {
 public:
  explicit Endpoints(const Services& services) : services_(services) {}

  Answer create(Request& request, const Caller& caller);
  Answer list(Request& request, const Caller& caller);
  Answer show_all(Request& request, const Caller& caller);
  Answer find(Request& request, const Caller& caller);
  Answer list_below(Request& request, const Caller& caller);
  Answer update(Request& request, const Caller& caller);
  Answer move_to_trash(Request& request, const Caller& caller);
  Answer list_deleted(Request& request, const Caller& caller);
  Answer restore(Request& request, const Caller& caller);

 private:
  pg::Database& database() const { return services_.databases.here(); }
  // A page of those at the root, or below `parent`.
  Task<Result<Response>> page_of(Request& request, const Caller& caller, OptionalId parent);
  // The category as it is now, without products. No row: there is none.
  Task<Result<pg::Rows<Category>>> row_of(const Caller& caller, Id id);
  Task<Result<Response>> saved(const Caller& caller, Id id, int status);
  Task<Result<Updated>> save(Request& request, const Caller& caller, Id id, const Input& input);

  Services services_;
};

// Small pieces --------------------------------------------------------------------------------------------------

Result<Id> category_id(const Request& request, std::string_view message = not_found_text) {
  return http::existing_id(request, "id", message);
}

std::unexpected<Problem> missing(Id id) { return not_found(fmt::format(fmt::runtime(not_found_text), id)); }

// An id, as a number or in digits; null for the root.
OptionalId read_parent(const boost::json::value& value, http::Fields& fields) {
  if (value.is_null()) return std::nullopt;
  boost::system::error_code error;
  OptionalId id = value.is_string() ? parse_id(value.get_string()) : std::nullopt;
  if (value.is_number()) id = value.to_number<Id>(error);
  if (!id || error) fields.complain("parentCategoryId must be an integer number");
  return id;
}

enum class Purpose : std::uint8_t { create, update };

Result<Input> read_input(const boost::json::value& body, Purpose purpose) {
  http::Fields fields(body, {"name", "description", "parentCategoryId"});
  const boost::json::object none, &object = body.is_object() ? body.get_object() : none;
  Input input;
  for (const std::string_view field : {"name", "description", "parentCategoryId"}) {
    if (object.contains(field)) input.given.push_back(field);
  }
  if (purpose == Purpose::create || object.contains("name")) input.name = read_name(body, name_rule, fields);
  input.description = fields.optional_text("description", 0, description_characters_max);
  if (const auto* parent = object.if_contains("parentCategoryId")) input.parent = read_parent(*parent, fields);
  if (auto checked = fields.check(); !checked) return std::unexpected(std::move(checked).error());
  return input;
}

std::unexpected<Problem> name_taken(bool at_root) {
  return conflict("category.name_taken",
                  at_root ? "A root category with this name already exists"
                          : "A subcategory with this name already exists in the same parent category");
}

bool is_name_taken(const pg::Error& error) {
  return error.is_unique_violation_of("Category_userId_parent_name_live_key");
}

Result<void> check_place(bool is_parent_found, bool is_too_deep) {
  if (!is_parent_found) {
    return bad_request("Parent category not found or does not belong to you", "category.parent_not_found");
  }
  if (is_too_deep) {
    return bad_request(fmt::format("Categories nest at most {} levels deep", levels_max), "category.too_deep");
  }
  return {};
}

std::unexpected<Problem> below_itself() {
  return conflict("category.below_itself", "Cannot move a category below one of its own subcategories");
}

Task<Result<OptionalId>> read_levels(const Request& request) {
  const auto levels = co_await http::integer_parameter(request, "depth");
  if (levels && *levels < 1) co_return invalid({"depth must not be less than 1"});
  co_return levels;
}

// Lists ---------------------------------------------------------------------------------------------------------

Result<void> check_size(const std::vector<Node>& nodes) {
  if (std::cmp_less_equal(nodes.size(), nodes_max)) return {};
  auto problem = bad_request(fmt::format("There are more than {} categories in this answer", nodes_max), "too_many");
  problem.error().remedy = "Ask for fewer levels (depth=1), or for the subcategories of one category.";
  return problem;
}

Task<Result<Response>> Endpoints::page_of(Request& request, const Caller& caller, OptionalId parent) {
  const auto page = co_await http::Page::of(request);
  const auto levels = co_await read_levels(request);
  const auto rows = co_await database().search(list_categories, caller.tenant, parent, page.limit, page.offset(),
                                               levels, nodes_max + 1);
  const CategoryList list = rows[0];
  if (!list.is_found) co_return missing(*parent);
  co_await check_size(list.nodes);
  Response response;
  json::Object body{response.body};
  {
    const Tree tree(list.nodes);
    json::Array data = body.array("data");
    for (const Node* node : tree.roots()) {
      json::Object item = data.object();
      write(item, tree, *node, parent);
    }
  }
  body.add_raw("pagination", http::pagination_json(page, list.total, std::nullopt, false));
  body.close();
  co_return response;
}

Answer Endpoints::list(Request& request, const Caller& caller) {
  co_await http::only_parameters(request, {"page", "limit", "depth", "tree"});
  if (co_await http::flag_parameter(request, "tree", false)) co_return co_await show_all(request, caller);
  co_return co_await page_of(request, caller, std::nullopt);
}

Answer Endpoints::list_below(Request& request, const Caller& caller) {
  co_await http::only_parameters(request, {"page", "limit", "depth"});
  const auto id = co_await category_id(request);
  co_return co_await page_of(request, caller, id);
}

Answer Endpoints::show_all(Request& request, const Caller& caller) {
  co_await http::only_parameters(request, {"page", "limit", "depth", "tree"});
  const auto levels = co_await read_levels(request);
  const auto rows = co_await database().search(show_tree, caller.tenant, levels, nodes_max + 1);
  const Trees all = rows[0];
  co_await check_size(all.nodes);
  const Tree tree(all.nodes);
  Response response;
  {
    json::Array roots{response.body};
    for (const Node* node : tree.roots()) {
      json::Object item = roots.object();
      write_with_path(item, tree, *node, {});
    }
  }
  co_return response;
}

Answer Endpoints::find(Request& request, const Caller& caller) {
  co_await http::only_parameters(request, {"productPage", "productLimit", "depth"});
  const auto id = co_await category_id(request);
  const auto page = co_await http::Page::of(request, "productPage", "productLimit");
  const auto levels = co_await read_levels(request);
  const auto rows =
      co_await database().search(find_category, caller.tenant, id, page.limit, page.offset(),
                                 levels ? OptionalId(std::min(*levels, levels_max) + 1) : std::nullopt, nodes_max + 1);
  if (rows.empty()) co_return missing(id);
  const Category category = rows[0];
  co_await check_size(category.nodes);
  Response response;
  json::Object body{response.body};
  write_detail(body, category);
  body.add_raw("productsPagination",
               http::pagination_json(page, category.nodes.front().product_count, std::nullopt, false));
  body.close();
  co_return response;
}

// Writing -------------------------------------------------------------------------------------------------------

Task<Result<pg::Rows<Category>>> Endpoints::row_of(const Caller& caller, Id id) {
  co_return co_await database().search(find_category, caller.tenant, id, 0, 0, std::nullopt, nodes_max);
}

Task<Result<Response>> Endpoints::saved(const Caller& caller, Id id, int status) {
  const auto rows = co_await row_of(caller, id);
  if (rows.empty()) co_return missing(id);
  Response response{.status = status};
  json::Object body{response.body};
  write_saved(body, rows[0]);
  body.close();
  co_return response;
}

Answer Endpoints::create(Request& request, const Caller& caller) {
  const auto body = co_await http::read_json(request);
  const Input input = co_await read_input(body, Purpose::create);
  const auto outcome =
      co_await as_result(database().write(create_category, caller.tenant, caller.user, *input.name,
                                          view_of(input.description), input.parent, levels_max, request.id));
  if (!outcome && is_name_taken(outcome.error())) co_return name_taken(!input.parent);
  if (!outcome) co_return std::unexpected(to_problem(outcome.error()));
  const Created created = (*outcome)[0];
  co_await check_place(created.is_parent_found, created.is_too_deep);
  if (!created.id) co_return internal("a category was not written and no check says why");
  co_return co_await saved(caller, *created.id, 201);
}

Task<Result<Updated>> Endpoints::save(Request& request, const Caller& caller, Id id, const Input& input) {
  const auto outcome = co_await as_result(database().write(update_category, caller.tenant, caller.user, id, input.given,
                                                           view_of(input.name), view_of(input.description),
                                                           input.parent, levels_max, request.id));
  if (outcome) co_return (*outcome)[0];
  const pg::Error& error = outcome.error();
  if (is_name_taken(error)) {
    const bool is_moved = std::ranges::find(input.given, "parentCategoryId") != input.given.end();
    if (is_moved) co_return name_taken(!input.parent);
    const auto rows = co_await row_of(caller, id);
    const bool at_root = rows.empty() || (!rows[0].parent_category && !rows[0].parent_in_trash);
    co_return name_taken(at_root);
  }
  if (error.sqlstate == "23514" && error.constraint == "Category_no_cycle") co_return below_itself();
  co_return std::unexpected(to_problem(error));
}

Answer Endpoints::update(Request& request, const Caller& caller) {
  const auto id = co_await category_id(request);
  const auto body = co_await http::read_json(request);
  const Input input = co_await read_input(body, Purpose::update);
  if (input.parent == id) co_return bad_request("Category cannot be its own parent", "category.below_itself");
  const Updated updated = co_await save(request, caller, id, input);
  if (!updated.is_found) co_return missing(id);
  if (updated.is_below_itself) co_return below_itself();
  co_await check_place(updated.is_parent_found, updated.is_too_deep);
  if (!updated.id) co_return internal("a category was not changed and no check says why");
  co_return co_await saved(caller, id, 200);
}

// The trash -----------------------------------------------------------------------------------------------------

Answer Endpoints::move_to_trash(Request& request, const Caller& caller) {
  const auto id = co_await category_id(request);
  const bool with_subtree = co_await http::flag_parameter(request, "subtree", false);
  if (co_await http::flag_parameter(request, "dryRun", false)) {
    co_return co_await trash::preview_delete(database(), caller.tenant, *trash::find_kind("category"), id, with_subtree,
                                             services_.retention_days);
  }
  const auto deleted = co_await as_result(trash::delete_named(database(), act_of(request, caller),
                                                              trash::Kind::category, id, trash::Subtree{with_subtree}));
  if (!deleted && deleted.error().status == 404) co_return missing(id);
  if (!deleted) co_return std::unexpected(deleted.error());
  co_return trash::answer_to_delete("Category successfully deleted", *deleted,
                                    fmt::format("POST /categories/{}/restore", id));
}

Answer Endpoints::list_deleted(Request& request, const Caller& caller) {
  const auto page = co_await http::Page::of(request);
  co_return co_await trash::list_deleted_named(database(), caller.tenant, trash::Kind::category, page,
                                               services_.retention_days);
}

// Where the parent is in the trash, it says so: the category is at the root until the parent comes back.
Answer Endpoints::restore(Request& request, const Caller& caller) {
  const auto id = co_await category_id(request, "Soft-deleted category with ID {} not found");
  const bool with_subtree = co_await http::flag_parameter(request, "subtree", true);
  const auto restored =
      co_await trash::restore_named(database(), act_of(request, caller), trash::Kind::category, id,
                                    trash::Subtree{with_subtree}, co_await trash::read_restore_how(request));
  const auto rows = co_await row_of(caller, id);
  Response response;
  json::Object body{response.body};
  body.add("message", restored.message);
  if (rows.empty()) {  // somebody else has deleted it again meanwhile
    body.add("category", std::nullopt);
  } else {
    const Category category = rows[0];
    if (category.parent_in_trash) {
      body.add("notice", fmt::format("Its parent category (ID {}) is in the trash: until that one is restored, this "
                                     "category is at the root",
                                     *category.parent_in_trash));
    }
    json::Object item = body.object("category");
    write_saved(item, category);
  }
  body.add_members(restored.facts);
  body.close();
  co_return response;
}

}  // namespace

void add_routes(http::Router& router, const Services& services) {
  using enum http::Method;
  const auto endpoints = std::make_shared<Endpoints>(services);
  const auto route = [&](http::Method method, std::string_view pattern, std::string_view action,
                         Answer (Endpoints::*handler)(Request&, const Caller&)) {
    router.add(method, pattern, http::needs("categories", action), http::handler_of(endpoints, handler));
  };
  route(post, "/categories", "create", &Endpoints::create);
  route(get, "/categories", "read", &Endpoints::list);
  route(get, "/categories/tree", "read", &Endpoints::show_all);
  route(get, "/categories/deleted", "delete", &Endpoints::list_deleted);
  route(get, "/categories/:id", "read", &Endpoints::find);
  route(get, "/categories/:id/subcategories", "read", &Endpoints::list_below);
  route(patch, "/categories/:id", "update", &Endpoints::update);
  route(del, "/categories/:id", "delete", &Endpoints::move_to_trash);
  route(post, "/categories/:id/restore", "update", &Endpoints::restore);
}

}  // namespace pim::catalog::categories
