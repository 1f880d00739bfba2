#include "media/list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "media/json.hpp"
#include "pg/like.hpp"

namespace pim::media {
namespace {

// tenant, limit, offset, after time and id, place, group, like, beginning, type like, size from and to, made from and
// to, ascending, sorted by
template <class Row>
using AssetsStatement =
    pg::Statement<Row(Id, Id, std::int64_t, OptionalTime, OptionalId, Text, OptionalId, OptionalText, OptionalText,
                      OptionalText, OptionalSize, OptionalSize, OptionalTime, OptionalTime, bool, Text)>;
const AssetsStatement<AssetInList> list_assets{"list_assets", sql::media::list_assets, pg::Plan::fresh};
const AssetsStatement<MatchingTotal> count_assets{"count_assets", sql::media::count_assets, pg::Plan::fresh};

// tenant, limit, offset, parent, like, assets from and to, bytes from and to, has assets, made from and to, ascending,
// all, sorted by
template <class Row>
using GroupsStatement =
    pg::Statement<Row(Id, Id, std::int64_t, OptionalId, OptionalText, OptionalId, OptionalId, OptionalSize,
                      OptionalSize, std::optional<bool>, OptionalTime, OptionalTime, bool, bool, Text)>;
const GroupsStatement<GroupInList> list_groups{"list_asset_groups", sql::media::list_groups, pg::Plan::fresh};
const GroupsStatement<MatchingTotal> count_groups{"count_asset_groups", sql::media::count_groups, pg::Plan::fresh};

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

Result<std::optional<std::string>> text_parameter(const http::Request& request, std::string_view name) {
  const auto text = request.query(name);
  if (!text || trimmed(*text).empty()) return std::nullopt;
  if (text->contains('\0')) return invalid({fmt::format("{} must not contain a zero character", name)});
  return std::string(trimmed(*text));
}

Result<OptionalSize> size_parameter(const http::Request& request, std::string_view name) {
  const auto text = request.query(name);
  if (!text || text->empty()) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size() || value < 0) {
    return invalid({fmt::format("{} must be a whole number of bytes", name)});
  }
  return value;
}

std::string_view name_of(Place::Kind kind) {
  switch (kind) {
    case Place::Kind::root:
      return "root";
    case Place::Kind::grouped:
      return "grouped";
    case Place::Kind::group:
      break;
  }
  return "group";
}

// Sets `to` to what `read` gives, unless something was wrong before; keeps the first problem.
template <class T>
void take(std::optional<Problem>& problem, Result<T> read, T& to) {
  if (problem) return;
  if (read) {
    to = *std::move(read);
  } else {
    problem = std::move(read).error();
  }
}

// sortBy, sortOrder, and dateFilter, which overrides both.
void read_order(const http::Request& request, std::initializer_list<std::string_view> columns,
                std::string_view& sorted_by, bool& ascending) {
  const auto by = request.query("sortBy");
  if (const auto* const found = by ? std::ranges::find(columns, *by) : columns.end(); found != columns.end()) {
    sorted_by = *found;
    ascending = request.query("sortOrder") == "asc";
  }
  const auto date = request.query("dateFilter");
  if (date == "latest" || date == "oldest") {
    sorted_by = "createdAt";
    ascending = date == "oldest";
  }
}

template <class Row>
Task<Result<pg::Rows<Row>>> matching_assets(pg::Database& database, const AssetsStatement<Row>& statement, Id tenant,
                                            const http::Page& page, const AssetFilter& filter) {
  OptionalTime after_time;
  OptionalId after_id;
  if (page.after) {
    after_time = pg::Timestamp{std::chrono::microseconds{page.after->microseconds}};
    after_id = page.after->id;
  }
  co_return co_await database.search(
      statement, tenant, page.limit + 1, page.offset(), after_time, after_id, name_of(filter.place.kind),
      filter.place.group, view_of(filter.like), view_of(filter.beginning), view_of(filter.mime_type), filter.size_min,
      filter.size_max, filter.created_after, filter.created_before, filter.ascending, filter.sorted_by);
}

template <class Row>
Task<Result<pg::Rows<Row>>> matching_groups(pg::Database& database, const GroupsStatement<Row>& statement, Id tenant,
                                            const http::Page& page, const GroupFilter& filter, bool all) {
  co_return co_await database.search(statement, tenant, page.limit, page.offset(), filter.parent, view_of(filter.like),
                                     filter.assets_min, filter.assets_max, filter.size_min, filter.size_max,
                                     filter.has_assets, filter.created_after, filter.created_before, filter.ascending,
                                     all, filter.sorted_by);
}

}  // namespace

Result<Place> read_place(const http::Request& request) {
  const auto group = http::integer_parameter(request, "assetGroupId");
  if (!group && request.query("assetGroupId") != "null") return std::unexpected(group.error());
  if (group && *group) return Place{.kind = Place::Kind::group, .group = *group};
  const auto has_group = http::flag_parameter(request, "hasGroup");
  if (!has_group) return std::unexpected(has_group.error());
  return Place{.kind = *has_group == true ? Place::Kind::grouped : Place::Kind::root};
}

Result<AssetFilter> read_asset_filter(const http::Request& request, Place place) {
  AssetFilter filter{.place = place};
  std::optional<Problem> problem;
  std::optional<std::string> search, mime_type;
  take(problem, text_parameter(request, "search"), search);
  take(problem, text_parameter(request, "mimeType"), mime_type);
  take(problem, size_parameter(request, "minSize"), filter.size_min);
  take(problem, size_parameter(request, "maxSize"), filter.size_max);
  take(problem, http::time_parameter(request, "createdAfter"), filter.created_after);
  take(problem, http::time_parameter(request, "createdBefore"), filter.created_before);
  if (problem) return std::unexpected(*std::move(problem));
  constexpr std::size_t indexed_from = 3;  // letters: a trigram
  if (search && characters_of(*search) >= indexed_from) filter.like = pg::like_containing(*search);
  if (search && !filter.like) filter.beginning = pg::like_beginning(*search);
  if (mime_type) filter.mime_type = pg::like_containing(*mime_type);
  read_order(request, {"name", "fileName", "size", "createdAt", "updatedAt"}, filter.sorted_by, filter.ascending);
  return filter;
}

Result<GroupFilter> read_group_filter(const http::Request& request, OptionalId parent) {
  GroupFilter filter{.parent = parent};
  std::optional<Problem> problem;
  take(problem, text_parameter(request, "search"), filter.like);
  take(problem, http::integer_parameter(request, "minAssets"), filter.assets_min);
  take(problem, http::integer_parameter(request, "maxAssets"), filter.assets_max);
  take(problem, size_parameter(request, "minSize"), filter.size_min);
  take(problem, size_parameter(request, "maxSize"), filter.size_max);
  take(problem, http::flag_parameter(request, "hasAssets"), filter.has_assets);
  take(problem, http::time_parameter(request, "createdAfter"), filter.created_after);
  take(problem, http::time_parameter(request, "createdBefore"), filter.created_before);
  if (problem) return std::unexpected(*std::move(problem));
  if (filter.like) filter.like = pg::like_containing(*filter.like);
  read_order(request, {"groupName", "createdAt", "updatedAt"}, filter.sorted_by, filter.ascending);
  return filter;
}

// One row more than the page shows says whether there is another page.
Task<Result<std::string>> assets_json(pg::Database& database, const http::UrlSigner& signer, Id tenant, http::Page page,
                                      AssetFilter filter) {
  if (page.after && !filter.is_newest_first()) {
    co_return invalid({"cursor goes with the newest first only: leave out sortBy, or page by number"});
  }
  const auto rows = co_await matching_assets(database, list_assets, tenant, page, filter);
  std::int64_t total = rows.empty() ? 0 : rows[0].total;
  if (rows.empty() && (page.number > 1 || page.after)) {
    const auto counted = co_await matching_assets(database, count_assets, tenant, page, filter);
    total = counted[0].total;
  }
  std::string out;
  json::Object body{out};
  std::optional<http::Cursor> next;
  {
    json::Array data = body.array("data");
    for (int i = 0; i < std::min(rows.size(), page.limit); ++i) {
      const AssetInList asset = rows[i];
      json::Object item = data.object();
      write(item, asset, signer);
      next = http::Cursor{asset.created_at.time_since_epoch().count(), asset.id};
    }
  }
  if (rows.size() <= page.limit || !filter.is_newest_first()) next.reset();
  body.add_raw("pagination", http::pagination_json(page, total, next, filter.is_newest_first()));
  body.close();
  co_return out;
}

Task<Result<std::string>> groups_json(pg::Database& database, Id tenant, http::Page page, GroupFilter filter) {
  const auto rows = co_await matching_groups(database, list_groups, tenant, page, filter, false);
  std::int64_t total = rows.empty() ? 0 : rows[0].total;
  if (rows.empty() && page.number > 1) {
    const auto counted = co_await matching_groups(database, count_groups, tenant, page, filter, false);
    total = counted[0].total;
  }
  std::string out;
  json::Object body{out};
  {
    json::Array data = body.array("data");
    for (int i = 0; i < rows.size(); ++i) {
      json::Object item = data.object();
      write(item, rows[i]);
    }
  }
  body.add_raw("pagination", http::pagination_json(page, total, std::nullopt, false));
  body.close();
  co_return out;
}

Task<Result<std::string>> all_groups_json(pg::Database& database, Id tenant, OptionalId parent,
                                          std::optional<std::string> like) {
  const GroupFilter filter{.parent = parent, .like = std::move(like), .sorted_by = "groupName", .ascending = true};
  const auto rows = co_await matching_groups(database, list_groups, tenant, http::Page{}, filter, true);
  std::string out;
  {
    json::Array groups{out};
    for (int i = 0; i < rows.size(); ++i) {
      const GroupInList group = rows[i];
      json::Object item = groups.object();
      item.add("id", group.id)
          .add("groupName", group.group_name)
          .add("parentGroupId", group.parent_group_id)
          .add("createdDate", group.created_date)
          .add("createdAt", group.created_at)
          .add("updatedAt", group.updated_at)
          .add("userId", group.user_id)
          .add("assetCount", group.asset_count)
          .add("childGroupCount", group.child_count)
          .add("totalSize", group.total_size);
      item.object("_count").add("assets", group.asset_count).add("childGroups", group.child_count);
    }
  }
  co_return out;
}

}  // namespace pim::media
