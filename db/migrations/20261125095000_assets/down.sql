DROP TRIGGER "AssetGroup_updated" ON "AssetGroup";
DROP FUNCTION asset_group_updated();
DROP TRIGGER "Asset_file_replaced" ON "Asset";
DROP FUNCTION asset_file_replaced();
DROP TRIGGER "Asset_removed" ON "Asset";
DROP FUNCTION asset_removed();
DROP TRIGGER "Asset_version" ON "Asset";
DROP FUNCTION asset_raise_version();
DROP FUNCTION asset_groups_in_trash(INTEGER);

DROP VIEW live."Asset";
CREATE VIEW live."Asset" AS
    SELECT "id", "name", "fileName", "filePath", "mimeType", "uploadDate", "size", "userId", "assetGroupId", "createdAt",
           "updatedAt", "thumbnailPath"
      FROM public."Asset" WHERE NOT "isDeleted";
DROP INDEX IF EXISTS "idx_asset_active_list", "idx_asset_active_search", "idx_asset_active_name_prefix", "idx_asset_trash",
    "idx_asset_file_path", "idx_asset_group_trash", "idx_asset_group_parent", "idx_asset_group_deletion";
ALTER TABLE "Asset" DROP COLUMN "contentHash", DROP COLUMN "version";
DROP INDEX IF EXISTS "idx_asset_thumbnail_path";
DROP TABLE "FileRemoval", "StoredContent";
