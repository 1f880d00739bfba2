-- Undoes the migration; rows go with their tables and columns.

ALTER TABLE "User" DROP CONSTRAINT "User_ownerId_fkey";
ALTER TABLE "User" DROP COLUMN "ownerId", DROP COLUMN "role", DROP COLUMN "hiddenLogsTimestamp", DROP COLUMN "hiddenWooSyncLogsTimestamp", DROP COLUMN "hiddenMyDealSyncLogsTimestamp";
ALTER TABLE "Product" DROP COLUMN "thumbnailSubImages", DROP COLUMN "thumbnailUrl";
ALTER TABLE "Asset" DROP COLUMN "thumbnailPath";
DROP TABLE "MyDealWorkItem",
    "MyDealImportMapping",
    "MyDealExportMapping",
    "MyDealConnection",
    "WooCommerceProductSync",
    "WooCommerceImportMapping",
    "WooCommerceExportMapping",
    "WooCommerceConnection",
    "SharedAssetGroup",
    "SharedAsset",
    "ShareLink",
    "UserPermission";
DROP TYPE "Role";
