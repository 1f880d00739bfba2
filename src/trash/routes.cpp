#include "trash/routes.hpp"

#include <fmt/format.h>

#include <memory>

#include "http/body.hpp"
#include "http/fields.hpp"
#include "http/selection.hpp"
#include "json/writer.hpp"
#include "pg/like.hpp"
#include "trash/bulk_acts.hpp"
#include "trash/bulk_delete.hpp"
#include "trash/deletions.hpp"
#include "trash/history.hpp"
#include "trash/items.hpp"
#include "trash/keeping.hpp"
#include "trash/kinds.hpp"
#include "trash/named.hpp"
#include "trash/preview_token.hpp"
#include "trash/requests.hpp"

namespace pim::trash {
namespace {

using http::Caller;
using http::Request;
using http::Response;
using Answer = Task<Result<Response>>;
using Text = std::string_view;

constexpr Text no_such_deletion = "Deletion with ID {} not found";
constexpr std::int32_t brake_minutes_default = 60, brake_minutes_max = 1440;

// Acts may be of what another program trashed: for those who may all of it.
Kinds deletion_kinds(const Caller& caller) {
  Kinds names = kinds_of(caller.granted);
  if (names.size() == item_kinds.size()) names.push_back(adopted);
  return names;
}

// The living things of a bulk, by ids or by filters that every such kind has; assets have some more.
Result<Living> read_living(const BulkDelete& bulk, const ItemKind& kind) {
  const auto chosen = kind.name == "asset"
                          ? http::read_selection(bulk.selection, {"search", "mimeType", "assetGroupId"})
                          : http::read_selection(bulk.selection, {"search"});
  if (!chosen) return std::unexpected(chosen.error());
  const boost::json::value given = chosen->filters;
  http::Fields filters(given, {"search", "mimeType", "assetGroupId"});
  Living living{.ids = chosen->ids};
  if (const auto search = filters.optional_text("search")) living.like = pg::like_containing(*search);
  if (const auto type = filters.optional_text("mimeType")) living.type = pg::like_containing(*type);
  living.group = filters.optional_number("assetGroupId", 1, std::numeric_limits<std::int32_t>::max());
  if (auto checked = filters.check(); !checked) return std::unexpected(checked.error());
  return living;
}

Response with_members(Text message, std::initializer_list<Text> facts, int status = 200) {
  Response response{.status = status};
  json::Object body{response.body};
  if (!message.empty()) body.add("message", message);
  for (const Text each : facts) body.add_members(each);
  body.close();
  return response;
}

class Endpoints {
 public:
  explicit Endpoints(const Services& services) : services_(services) {}

  // The whole trash -----------------------------------------------------------------------------------------------

  Answer list(Request& request, const Caller& caller) {
    co_await http::only_parameters(request, {"kind", "search", "deletedBy", "deletedAfter", "deletedBefore",
                                             "olderThanDays", "deletionId", "limit", "cursor"});
    const auto chosen = co_await read_filter(request, kinds_of(caller.granted));
    co_return co_await page_of(request, caller, chosen);
  }

  Answer empty(Request& request, const Caller& caller) {
    const bool is_dry = co_await http::flag_parameter(request, "dryRun", false);
    const auto emptying = co_await read_emptying(co_await http::read_json(request), kinds_of(caller.granted));
    if (is_dry) co_return co_await dry_purge(caller, emptying.chosen);
    if (!emptying.count) co_return invalid({"count must be given: how many rows are to go (?dryRun=true says it)"});
    const std::int32_t wanted = *emptying.count;
    PurgeHow how{.reason = emptying.reason, .skip_held = emptying.skip_held};
    if (wanted > rows_at_once_max) {
      const std::int64_t rows = co_await count_items(database(), caller.tenant, emptying.chosen);
      if (rows != wanted) co_return other_count(rows, wanted);
      co_return co_await begin_bulk(database(), act_of(request, caller), BulkKind::purge, emptying.chosen, {}, how);
    }
    how.confirmed = wanted;
    const auto purged = co_await purge_items(database(), act_of(request, caller), emptying.chosen, how, Extent::bulk);
    if (purged.purged == 0 && purged.chosen != wanted) co_return other_count(purged.chosen, wanted);
    co_return purged_answer(fmt::format("Permanently deleted {} item(s)", purged.purged), purged);
  }

  // Acts ----------------------------------------------------------------------------------------------------------

  Answer list_acts(Request& request, const Caller& caller) {
    co_await http::only_parameters(request, {"kind", "deletedBy", "left", "limit", "cursor"});
    const auto filter = co_await read_filter(request, kinds_of(caller.granted));
    DeletionsQuery query{.kinds = request.query("kind") ? filter.kinds : deletion_kinds(caller),
                         .limit = co_await limit_of(request)};
    query.after = co_await number_cursor(request);
    query.deleted_by = filter.deleted_by;
    query.only_left = co_await http::flag_parameter(request, "left", false);
    co_return co_await list_deletions(database(), caller.tenant, query, services_.retention_days);
  }

  Answer find_act(Request& request, const Caller& caller) {
    const auto id = co_await number_of(request, "id", no_such_deletion);
    const auto rows = co_await find(caller, id);
    Chosen chosen{.kinds = kinds_of(caller.granted)};
    chosen.deletion = id;
    auto items = co_await page_of(request, caller, chosen);
    co_return with_members({}, {fmt::format("\"deletion\":{}", deletion_json(rows[0])),
                                Text(items.body).substr(1, items.body.size() - 2)});
  }

  Answer preview_act(Request& request, const Caller& caller) {
    const auto id = co_await number_of(request, "id", no_such_deletion);
    const auto how = co_await restore_how(request, caller);
    co_await find(caller, id);
    const auto preview =
        co_await preview_restore(database(), caller.tenant, of_deletion(caller, id), how, services_.retention_days);
    co_return with_members({}, {preview.facts});
  }

  Answer restore_act(Request& request, const Caller& caller) {
    const auto id = co_await number_of(request, "id", no_such_deletion);
    const auto how = co_await restore_how(request, caller);
    const auto rows = co_await find(caller, id);
    const auto chosen = of_deletion(caller, id);
    if (is_very_many(rows[0])) {
      co_return co_await begin_bulk(database(), act_of(request, caller), BulkKind::restore, chosen, how, {});
    }
    const auto restored = co_await restore_items(database(), act_of(request, caller), chosen, how, extent_of(rows[0]));
    if (restored.chosen == 0) co_return nothing_left(rows[0]);
    co_return with_members("Deletion successfully undone",
                           {fmt::format("\"deletionId\":{}", id), counts_of(restored), restored.facts});
  }

  Answer purge_act(Request& request, const Caller& caller) {
    const auto id = co_await number_of(request, "id", no_such_deletion);
    const bool is_dry = co_await http::flag_parameter(request, "dryRun", false);
    const auto rows = co_await find(caller, id);
    const auto chosen = of_deletion(caller, id);
    if (is_dry) co_return co_await dry_purge(caller, chosen);
    const PurgeHow how{.reason = request.query("reason")};
    if (is_very_many(rows[0])) {
      co_return co_await begin_bulk(database(), act_of(request, caller), BulkKind::purge, chosen, {}, how);
    }
    const auto purged = co_await purge_items(database(), act_of(request, caller), chosen, how, extent_of(rows[0]));
    if (purged.chosen == 0) co_return nothing_left(rows[0]);
    co_return with_members("Permanently deleted what the deletion removed",
                           {fmt::format("\"deletionId\":{},\"purged\":{}", id, purged.purged), purged.facts});
  }

  Answer keep_act(Request& request, const Caller& caller) {
    const auto id = co_await number_of(request, "id", no_such_deletion);
    const auto body = co_await http::read_json(request);
    http::Fields fields(body, {"keepDays"});
    const auto days = fields.optional_number("keepDays", 0, 36500);
    co_await fields.check();
    if (!body.is_object() || !body.get_object().contains("keepDays")) {
      co_return invalid({"keepDays must be given: a number of days from now, or null for as long as everything"});
    }
    std::optional<pg::Timestamp> until;
    if (days)
      until =
          std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + std::chrono::days{*days};
    co_await keep_deletion(database(), act_of(request, caller), deletion_kinds(caller), id, until);
    const auto rows = co_await find(caller, id);
    co_return Response::json(deletion_json(rows[0]));
  }

  // One on very many rows, which goes on.
  Answer find_bulk(Request& request, const Caller& caller) {
    const auto id = co_await number_of(request, "id", "Bulk act with ID {} not found");
    co_return co_await bulk_act(database(), caller.tenant, kinds_of(caller.granted), id);
  }

  // What keeps it --------------------------------------------------------------------------------------------------

  Answer settings(Request&, const Caller& caller) {
    co_return co_await policy(database(), caller.tenant, services_.retention_days);
  }

  Answer change_settings(Request& request, const Caller& caller) {
    const auto body = co_await http::read_json(request);
    http::Fields fields(body, {"retentionDays", "brakeRows", "brakePercent"});
    const auto setting = [&](std::string_view name, std::int32_t lowest, std::int32_t highest) -> NewPolicy::Setting {
      const auto number = fields.optional_number(name, lowest, highest);
      if (!body.is_object() || !body.get_object().contains(name)) return std::nullopt;
      return number;
    };
    const NewPolicy wanted{.retention_days = setting("retentionDays", 1, 36500),
                           .brake_rows = setting("brakeRows", 1, 1'000'000'000),
                           .brake_percent = setting("brakePercent", 0, 100)};
    co_await fields.check();
    co_await set_policy(database(), act_of(request, caller), wanted);
    co_return co_await policy(database(), caller.tenant, services_.retention_days);
  }

  Answer release_brake(Request& request, const Caller& caller) {
    const auto body = co_await http::read_json(request);
    http::Fields fields(body, {"minutes"});
    const auto minutes = fields.optional_number("minutes", 1, brake_minutes_max).value_or(brake_minutes_default);
    co_await fields.check();
    co_await set_policy(database(), act_of(request, caller), {.brake_released_minutes = minutes});
    co_return co_await policy(database(), caller.tenant, services_.retention_days);
  }

  Answer holds(Request& request, const Caller& caller) {
    co_await http::only_parameters(request, {"released", "limit", "cursor"});
    const bool with_released = co_await http::flag_parameter(request, "released", false);
    const auto limit = co_await limit_of(request);
    co_return co_await list_holds(database(), caller.tenant, with_released, limit, co_await number_cursor(request));
  }

  Answer hold(Request& request, const Caller& caller) {
    const auto body = co_await http::read_json(request);
    http::Fields fields(body, {"kind", "itemId", "reason"});
    const std::string kind = fields.text("kind");
    const auto item = fields.optional_number("itemId", 1, std::numeric_limits<std::int32_t>::max());
    const std::string reason = fields.text("reason", 1, 500);
    if (kind != "product" && kind != "category" && kind != "tenant") {
      fields.complain("kind must be one of the following values: product, category, tenant");
    } else if ((kind == "tenant") == item.has_value()) {
      fields.complain(kind == "tenant" ? "itemId is not for a tenant" : "itemId must be given");
    }
    co_await fields.check();
    co_return co_await place_hold(database(), act_of(request, caller), kind, item, reason);
  }

  Answer unhold(Request& request, const Caller& caller) {
    const auto id = co_await number_of(request, "id", "Legal hold with ID {} not found");
    co_await release_hold(database(), act_of(request, caller), id);
    co_return Response::message("Legal hold released");
  }

  Answer certificates(Request& request, const Caller& caller) {
    co_await http::only_parameters(request, {"limit", "cursor"});
    const auto limit = co_await limit_of(request);
    co_return co_await list_certificates(database(), caller.tenant, limit, co_await number_cursor(request));
  }

  Answer certificate_items(Request& request, const Caller& caller) {
    const auto id = co_await number_of(request, "id", "Certificate with ID {} not found");
    co_return co_await list_purged(database(), caller.tenant, id, co_await http::Page::of(request, 100));
  }

  Answer history(Request& request, const Caller& caller) {
    co_await http::only_parameters(request, {"limit", "cursor"});
    const auto id = co_await http::existing_id(request, "id", "Product with ID {} not found or access denied");
    const auto limit = co_await limit_of(request);
    co_return co_await product_history(database(), caller.tenant, id, limit, co_await number_cursor(request));
  }

  // One kind -------------------------------------------------------------------------------------------------------

  Answer preview_one(Request& request, const Caller& caller, const ItemKind& kind) {
    const auto id = co_await http::existing_id(request, "id", kind.missing);
    auto how = co_await read_restore_how(request);
    how.dependency_kinds = all_kinds();
    Chosen chosen{.kinds = {kind.name}, .ids = std::vector{id}};
    const auto preview = co_await preview_restore(database(), caller.tenant, chosen, how, services_.retention_days);
    if (preview.count == 0) co_return not_found(fmt::format(fmt::runtime(kind.missing), id));
    co_return with_members({}, {preview.facts});
  }

  // Categories and asset groups take along what is below them.
  Answer delete_many(Request& request, const Caller& caller, const ItemKind& kind) {
    const bool along = kind.name == "category" || kind.name == "assetGroup";
    const auto bulk = co_await read_bulk_delete(request, co_await http::read_json(request), kind, along);
    const auto living = co_await read_living(bulk, kind);
    const Previewing previewing{services_.secret, caller.tenant, services_.retention_days};
    co_return co_await bulk_delete(database(), act_of(request, caller), previewing, bulk, kind, living);
  }

  Answer purge_one(Request& request, const Caller& caller, const ItemKind& kind) {
    const auto id = co_await http::existing_id(request, "id", kind.missing);
    if (co_await http::flag_parameter(request, "dryRun", false)) {
      const auto preview =
          co_await preview_purge(database(), caller.tenant, {.kinds = {kind.name}, .ids = std::vector{id}});
      if (preview.count == 0) co_return co_await not_to_purge(database(), caller.tenant, kind, id);
      co_return with_members({}, {preview.facts});
    }
    const auto facts =
        co_await trash::purge_one(database(), act_of(request, caller), kind, id, request.query("reason"));
    std::string name{kind.words};
    name[0] = static_cast<char>(name[0] - 'a' + 'A');
    co_return answer_with(fmt::format("{} permanently deleted", name), facts);
  }

  Answer restore_many(Request& request, const Caller& caller, const ItemKind& kind) {
    const bool is_dry = co_await http::flag_parameter(request, "dryRun", false);
    auto bulk = co_await read_bulk(request, co_await http::read_json(request), kind.name);
    bulk.how.dependency_kinds = all_kinds();
    const std::string act_name = fmt::format("POST /{}/bulk-restore", kind.resource);
    if (is_dry) {
      const auto preview =
          co_await preview_restore(database(), caller.tenant, bulk.chosen, bulk.how, services_.retention_days);
      const std::int64_t rows = co_await rows_of(caller, bulk, preview.count);
      co_return with_members({}, {preview.facts, token_member(caller, act_name, bulk.subject, rows)});
    }
    if (co_await previewed_rows(caller, bulk, act_name) > rows_at_once_max) {
      co_return co_await begin_bulk(database(), act_of(request, caller), BulkKind::restore, bulk.chosen, bulk.how, {});
    }
    const auto restored =
        co_await restore_items(database(), act_of(request, caller), bulk.chosen, bulk.how, Extent::bulk);
    co_return with_members(fmt::format("Restored {} item(s)", restored.restored),
                           {counts_of(restored), restored.facts});
  }

  Answer purge_many(Request& request, const Caller& caller, const ItemKind& kind) {
    const bool is_dry = co_await http::flag_parameter(request, "dryRun", false);
    const auto bulk = co_await read_bulk(request, co_await http::read_json(request), kind.name);
    const std::string act_name = fmt::format("POST /{}/bulk-permanent", kind.resource);
    if (is_dry) {
      const auto preview = co_await preview_purge(database(), caller.tenant, bulk.chosen);
      const std::int64_t rows = co_await rows_of(caller, bulk, preview.count);
      co_return with_members({}, {preview.facts, token_member(caller, act_name, bulk.subject, rows)});
    }
    const PurgeHow how{.reason = bulk.reason, .skip_held = bulk.skip_held};
    if (co_await previewed_rows(caller, bulk, act_name) > rows_at_once_max) {
      co_return co_await begin_bulk(database(), act_of(request, caller), BulkKind::purge, bulk.chosen, {}, how);
    }
    const auto purged = co_await purge_items(database(), act_of(request, caller), bulk.chosen, how, Extent::bulk);
    co_return purged_answer(fmt::format("Permanently deleted {} item(s)", purged.purged), purged);
  }

 private:
  static std::string counts_of(const RestoredItems& items) {
    return fmt::format("\"restored\":{},\"left\":{}", items.restored, items.left);
  }

  static Response purged_answer(Text message, const PurgedItems& items) {
    return with_members(message, {fmt::format("\"purged\":{}", items.purged), items.facts});
  }

  static std::unexpected<Problem> other_count(std::int64_t rows, std::int64_t wanted) {
    auto problem =
        conflict("trash.count", fmt::format("Nothing was deleted: {} rows are in the trash, not {}", rows, wanted));
    problem.error().facts = fmt::format("\"count\":{}", rows);
    return problem;
  }

  pg::Database& database() const { return services_.databases.here(); }

  static Kinds all_kinds() { return kinds_of(~std::uint32_t{0}); }

  static Chosen of_deletion(const Caller& caller, std::int64_t id) {
    Chosen chosen{.kinds = kinds_of(caller.granted)};
    chosen.deletion = id;
    chosen.along = false;  // all of it is chosen
    return chosen;
  }

  // What is left of an act may be one thing or many: many are told at once.
  static Extent extent_of(const DeletionRow& row) { return row.root_id && row.left == 1 ? Extent::one : Extent::bulk; }

  static bool is_very_many(const DeletionRow& row) { return row.state == "done" && row.left > rows_at_once_max; }

  static std::unexpected<Problem> nothing_left(const DeletionRow& row) {
    if (row.state == "running") {
      return conflict("trash.running", fmt::format("Deletion {} still goes on: wait until it is done", row.id));
    }
    return not_found(fmt::format("Nothing of deletion {} is in the trash any more", row.id));
  }

  Task<Result<pg::Rows<DeletionRow>>> find(const Caller& caller, std::int64_t id) const {
    co_return co_await find_deletion(database(), caller.tenant, deletion_kinds(caller), id, services_.retention_days);
  }

  static Result<RestoreHow> restore_how(const Request& request, const Caller& caller) {
    auto how = read_restore_how(request);
    if (how) how->dependency_kinds = kinds_of(caller.granted);
    return how;
  }

  Answer page_of(const Request& request, const Caller& caller, const Chosen& chosen) const {
    const auto limit = co_await limit_of(request);
    std::optional<ItemCursor> after;
    if (const auto cursor = request.query("cursor"); cursor && !cursor->empty()) {
      after = ItemCursor::parse(*cursor);
      if (!after) {
        co_return invalid({"cursor is not one that this list gave: take pagination.nextCursor of an answer"});
      }
    }
    co_return co_await list_items(database(), caller.tenant, chosen, limit, after, services_.retention_days);
  }

  Answer dry_purge(const Caller& caller, const Chosen& chosen) const {
    const auto preview = co_await preview_purge(database(), caller.tenant, chosen);
    co_return with_members({}, {preview.facts});
  }

  std::string token_member(const Caller& caller, Text act, Text subject, std::int64_t rows) const {
    if (rows <= rows_without_preview_max) return "\"previewToken\":null";
    return fmt::format("\"previewToken\":\"{}\"", preview_token(services_.secret, {caller.tenant, act, subject, rows},
                                                                std::chrono::system_clock::now()));
  }

  // All that a bulk is about: a preview looks at as many as go at once.
  Task<Result<std::int64_t>> rows_of(const Caller& caller, const Bulk& bulk, std::int32_t previewed) const {
    if (bulk.chosen.ids || previewed < rows_at_once_max) co_return std::int64_t{previewed};
    co_return co_await count_items(database(), caller.tenant, bulk.chosen);
  }

  // How many rows it is about; 428 where that wants a preview. What is chosen by ids is known to whoever chose it.
  Task<Result<std::int64_t>> previewed_rows(const Caller& caller, const Bulk& bulk, Text act) const {
    if (bulk.chosen.ids) co_return std::ssize(*bulk.chosen.ids);
    const std::int64_t rows = co_await count_items(database(), caller.tenant, bulk.chosen);
    co_await check_preview_token(services_.secret, {caller.tenant, act, bulk.subject, rows}, bulk.preview_token,
                                 std::chrono::system_clock::now());
    co_return rows;
  }

  Services services_;
};

using OfKind = Answer (Endpoints::*)(Request&, const Caller&, const ItemKind&);

http::Handler of_kind(const std::shared_ptr<Endpoints>& endpoints, OfKind member, const ItemKind& kind) {
  return [endpoints, member, &kind](Request& request, const Caller& caller) {
    return (endpoints.get()->*member)(request, caller, kind);
  };
}

}  // namespace

void add_routes(http::Router& router, const Services& services) {
  using enum http::Method;
  const auto endpoints = std::make_shared<Endpoints>(services);
  const auto route = [&](http::Method method, Text pattern, const http::Access& access,
                         Answer (Endpoints::*handler)(Request&, const Caller&)) {
    router.add(method, pattern, access, http::handler_of(endpoints, handler));
  };
  const http::Access deletes = http::needs_any_of(resources, "delete"),
                     updates = http::needs_any_of(resources, "update"), owner = http::only(http::Role::owner);
  route(get, "/trash", deletes, &Endpoints::list);
  route(post, "/trash/empty", deletes, &Endpoints::empty);
  route(get, "/trash/deletions", deletes, &Endpoints::list_acts);
  route(get, "/trash/deletions/:id", deletes, &Endpoints::find_act);
  route(patch, "/trash/deletions/:id", deletes, &Endpoints::keep_act);
  route(get, "/trash/deletions/:id/restore-preview", updates, &Endpoints::preview_act);
  route(post, "/trash/deletions/:id/restore", updates, &Endpoints::restore_act);
  route(del, "/trash/deletions/:id/permanent", deletes, &Endpoints::purge_act);
  route(get, "/trash/bulk/:id", deletes, &Endpoints::find_bulk);
  route(get, "/trash/settings", deletes, &Endpoints::settings);
  route(patch, "/trash/settings", owner, &Endpoints::change_settings);
  route(post, "/trash/brake/release", owner, &Endpoints::release_brake);
  route(get, "/trash/holds", deletes, &Endpoints::holds);
  route(post, "/trash/holds", owner, &Endpoints::hold);
  route(del, "/trash/holds/:id", owner, &Endpoints::unhold);
  route(get, "/trash/certificates", deletes, &Endpoints::certificates);
  route(get, "/trash/certificates/:id/items", deletes, &Endpoints::certificate_items);
  route(get, "/products/:id/history", http::needs("products", "read"), &Endpoints::history);
  for (const ItemKind& kind : item_kinds) {
    const auto add = [&](http::Method method, Text rest, Text action, OfKind member) {
      router.add(method, fmt::format("/{}{}", kind.resource, rest), http::needs(kind.resource, action),
                 of_kind(endpoints, member, kind));
    };
    add(get, "/:id/restore-preview", "update", &Endpoints::preview_one);
    add(del, "/:id/permanent", "delete", &Endpoints::purge_one);
    // Products and attributes have filters of their own.
    if (kind.name != "product" && kind.name != "attribute")
      add(post, "/bulk-delete", "delete", &Endpoints::delete_many);
    add(post, "/bulk-restore", "update", &Endpoints::restore_many);
    add(post, "/bulk-permanent", "delete", &Endpoints::purge_many);
  }
}

}  // namespace pim::trash
