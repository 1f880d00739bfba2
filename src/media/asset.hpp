// Assets and their groups, as they are read.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "pg/statement.hpp"
#include "sql/media.hpp"

namespace pim::media {

using Id = std::int32_t;
using OptionalId = std::optional<std::int32_t>;
using Ids = std::vector<std::int32_t>;
using Text = std::string_view;
using OptionalText = std::optional<std::string_view>;
using OptionalTime = std::optional<pg::Timestamp>;
using OptionalSize = std::optional<std::int64_t>;
using Texts = std::vector<std::string_view>;

// The group that an asset is in.
struct GroupOfAsset {
  Id id;
  Text group_name;
  pg::Timestamp created_date;
  std::int64_t total_size;
  Id user_id;
  OptionalId parent_group_id;
  pg::Timestamp created_at, updated_at;
};
BOOST_DESCRIBE_STRUCT(GroupOfAsset, (),
                      (id, group_name, created_date, total_size, user_id, parent_group_id, created_at, updated_at))

struct Asset {
  Id id;
  Text name, file_name, file_path;
  OptionalText thumbnail_path;
  Text mime_type;
  pg::Timestamp upload_date;
  std::int64_t size;
  Id user_id;
  OptionalId asset_group_id;
  pg::Timestamp created_at, updated_at;
  OptionalText content_hash;  // none: a file of before that was not taken in yet
  std::int32_t version;
  std::optional<std::int32_t> width, height;
  OptionalText thumbnails;  // "none", "waiting", "ready", "refused"
  OptionalText trouble;     // why they were refused
  std::optional<GroupOfAsset> asset_group;
};
BOOST_DESCRIBE_STRUCT(Asset, (),
                      (id, name, file_name, file_path, thumbnail_path, mime_type, upload_date, size, user_id,
                       asset_group_id, created_at, updated_at, content_hash, version, width, height, thumbnails,
                       trouble, asset_group))

// Of all rows that match.
struct MatchingTotal {
  std::int64_t total;
};
BOOST_DESCRIBE_STRUCT(MatchingTotal, (), (total))
struct AssetInList : MatchingTotal, Asset {};
BOOST_DESCRIBE_STRUCT(AssetInList, (MatchingTotal, Asset), ())

struct Group {
  Id id;
  Text group_name;
  OptionalId parent_group_id;
  pg::Timestamp created_date, created_at, updated_at;
  Id user_id;
  std::int64_t total_size;  // of the living assets in it
  std::int32_t asset_count, child_count;
};
BOOST_DESCRIBE_STRUCT(Group, (),
                      (id, group_name, parent_group_id, created_date, created_at, updated_at, user_id, total_size,
                       asset_count, child_count))
struct GroupInList : MatchingTotal, Group {};
BOOST_DESCRIBE_STRUCT(GroupInList, (MatchingTotal, Group), ())

// Where the file of an asset is, and what is said of it.
struct File {
  Id id;
  Text name, file_name, file_path, mime_type;
  std::int64_t size;
  pg::Timestamp upload_date;
  OptionalText content_hash, place, key, thumbnails;
  bool is_thumbnail;
};
BOOST_DESCRIBE_STRUCT(File, (),
                      (id, name, file_name, file_path, mime_type, size, upload_date, content_hash, place, key,
                       thumbnails, is_thumbnail))

inline const pg::Statement<Asset(Id, Ids)> find_assets{"find_assets", sql::media::find_assets};
inline const pg::Statement<Group(Id, Id)> find_group{"find_asset_group", sql::media::find_group};
// tenant, id, path
inline const pg::Statement<File(Id, OptionalId, OptionalText)> find_file{"find_file", sql::media::find_file};

}  // namespace pim::media
