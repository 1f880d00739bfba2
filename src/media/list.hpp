// Lists of assets and of groups, as their query asks for them.
#pragma once

#include "async/task.hpp"
#include "http/page.hpp"
#include "http/response.hpp"
#include "http/signed_url.hpp"
#include "media/asset.hpp"
#include "pg/database.hpp"

namespace pim::media {

// Where the assets of a list are.
struct Place {
  enum class Kind : std::uint8_t { root, grouped, group };
  Kind kind = Kind::root;
  OptionalId group;
};
// From assetGroupId, else from hasGroup; the root without both.
Result<Place> read_place(const http::Request& request);

struct AssetFilter {
  Place place;
  std::optional<std::string> like, beginning, mime_type;
  OptionalSize size_min, size_max;
  OptionalTime created_after, created_before;
  std::string_view sorted_by = "createdAt";
  bool ascending = false;
  bool is_newest_first() const noexcept { return sorted_by == "createdAt" && !ascending; }
};
Result<AssetFilter> read_asset_filter(const http::Request& request, Place place);

struct GroupFilter {
  OptionalId parent;  // none: the root
  std::optional<std::string> like;
  std::optional<std::int32_t> assets_min, assets_max;
  OptionalSize size_min, size_max;
  std::optional<bool> has_assets;
  OptionalTime created_after, created_before;
  std::string_view sorted_by = "createdAt";
  bool ascending = false;
};
Result<GroupFilter> read_group_filter(const http::Request& request, OptionalId parent);

// {"data":[…],"pagination":{…}}
Task<Result<std::string>> assets_json(pg::Database& database, const http::UrlSigner& signer, std::int32_t tenant,
                                      http::Page page, AssetFilter filter);
Task<Result<std::string>> groups_json(pg::Database& database, std::int32_t tenant, http::Page page, GroupFilter filter);
// The groups of a folder, all of them, as /assets/with-groups has them: […].
Task<Result<std::string>> all_groups_json(pg::Database& database, std::int32_t tenant, OptionalId parent,
                                          std::optional<std::string> like);

}  // namespace pim::media
