#include "media/json.hpp"

#include <fmt/format.h>

#include <array>

#include "media/storage/thumbnail_name.hpp"

namespace pim::media {
namespace {

void write_group_of_asset(json::Object& out, const GroupOfAsset& group) {
  json::Object item = out.object("assetGroup");
  item.add("id", group.id)
      .add("groupName", group.group_name)
      .add("createdDate", group.created_date)
      .add("totalSize", fmt::format("{}", group.total_size))
      .add("userId", group.user_id)
      .add("parentGroupId", group.parent_group_id)
      .add("createdAt", group.created_at)
      .add("updatedAt", group.updated_at);
}

// The addresses of the thumbnails, by their width; the file behind them is a placeholder while they are made.
void write_thumbnails(json::Object& out, const Asset& asset, const http::UrlSigner& signer) {
  if (!asset.thumbnail_path) {
    out.add("thumbnails", std::nullopt);
    return;
  }
  const std::string address = signer.sign(*asset.thumbnail_path, asset.user_id);
  json::Object item = out.object("thumbnails");
  // (Another site's address is as it is, whatever the size.)
  const bool is_ours = address.contains("&signature=");
  for (const int size : thumbnail_sizes) {
    item.add(fmt::format("{}", size), is_ours ? fmt::format("{}&size={}", address, size) : address);
  }
}

}  // namespace

std::string formatted_size(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> units{"Bytes", "KB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < units.size()) value /= 1024, ++unit;
  std::string number = fmt::format("{:.2f}", value);
  while (number.ends_with('0')) number.pop_back();
  if (number.ends_with('.')) number.pop_back();
  return fmt::format("{} {}", number, units[unit]);
}

void write(json::Object& out, const Asset& asset, const http::UrlSigner& signer) {
  out.add("id", asset.id)
      .add("name", asset.name)
      .add("fileName", asset.file_name)
      .add("filePath", asset.file_path)
      .add("thumbnailPath", asset.thumbnail_path)
      .add("mimeType", asset.mime_type)
      .add("uploadDate", asset.upload_date)
      .add("size", asset.size)
      .add("userId", asset.user_id)
      .add("assetGroupId", asset.asset_group_id)
      .add("deletedAt", std::nullopt)
      .add("isDeleted", false)
      .add("createdAt", asset.created_at)
      .add("updatedAt", asset.updated_at);
  if (asset.asset_group) {
    write_group_of_asset(out, *asset.asset_group);
  } else {
    out.add("assetGroup", std::nullopt);
  }
  out.add("url", signer.sign(asset.file_path, asset.user_id)).add("formattedSize", formatted_size(asset.size));
  out.add("sha256", asset.content_hash).add("width", asset.width).add("height", asset.height);
  out.add("thumbnailState", asset.thumbnails.value_or("none"));
  if (asset.trouble) out.add("thumbnailTrouble", *asset.trouble);
  write_thumbnails(out, asset, signer);
}

void write(json::Object& out, const Group& group) {
  out.add("id", group.id)
      .add("groupName", group.group_name)
      .add("parentGroupId", group.parent_group_id)
      .add("createdDate", group.created_date)
      .add("createdAt", group.created_at)
      .add("updatedAt", group.updated_at)
      .add("userId", group.user_id)
      .add("totalSize", fmt::format("{}", group.total_size));
  out.object("_count").add("assets", group.asset_count).add("childGroups", group.child_count);
}

void write(json::Object& out, const trash::DeletedAsset& asset) {
  out.add("id", asset.id)
      .add("name", asset.name)
      .add("fileName", asset.file_name)
      .add("filePath", asset.file_path)
      .add("thumbnailPath", asset.thumbnail_path)
      .add("mimeType", asset.mime_type)
      .add("uploadDate", asset.upload_date)
      .add("size", asset.size)
      .add("userId", asset.user_id)
      .add("assetGroupId", asset.asset_group_id)
      .add("deletedAt", asset.deleted_at)
      .add("isDeleted", true)
      .add("createdAt", asset.created_at)
      .add("updatedAt", asset.updated_at);
  if (asset.asset_group) {
    out.object("assetGroup")
        .add("id", asset.asset_group->id)
        .add("groupName", asset.asset_group->group_name)
        .add("isDeleted", asset.asset_group->is_deleted)
        .add("parentGroupId", asset.asset_group->parent_group_id)
        .add("createdDate", asset.asset_group->created_date)
        .add("createdAt", asset.asset_group->created_at)
        .add("updatedAt", asset.asset_group->updated_at);
  } else {
    out.add("assetGroup", std::nullopt);
  }
  // No signature: what is in the trash is not served.
  out.add("url", asset.file_path)
      .add("formattedSize", formatted_size(asset.size))
      .add("sha256", asset.content_hash)
      .add("deletionId", asset.deletion_id)
      .add("deletedBy", asset.deleted_by)
      .add("purgeAt", asset.purge_at);
}

void write(json::Object& out, const trash::DeletedAssetGroup& group) {
  out.add("id", group.id)
      .add("groupName", group.group_name)
      .add("parentGroupId", group.parent_group_id)
      .add("createdDate", group.created_date)
      .add("createdAt", group.created_at)
      .add("updatedAt", group.updated_at)
      .add("userId", group.user_id)
      .add("deletedAt", group.deleted_at)
      .add("isDeleted", true)
      .add("deletionId", group.deletion_id)
      .add("deletedBy", group.deleted_by)
      .add("purgeAt", group.purge_at);
  out.object("_count").add("assets", group.asset_count);
}

}  // namespace pim::media
