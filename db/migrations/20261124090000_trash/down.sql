-- Back to the schema before the trash. The old unique indexes count trashed rows too: where a living row has
-- taken the SKU or name of a trashed one this stops, with nothing changed.

DROP SCHEMA live CASCADE;  -- first: the functions that read its views are dropped below
DROP TRIGGER "Product_inserted" ON "Product";
DROP TRIGGER "Product_removed" ON "Product";
DROP TRIGGER "Product_updated" ON "Product";
DROP TRIGGER "Product_version" ON "Product";
DROP TRIGGER "ProductAttribute_inserted" ON "ProductAttribute";
DROP TRIGGER "ProductAttribute_updated" ON "ProductAttribute";
DROP TRIGGER "ProductAttribute_deleted" ON "ProductAttribute";
DROP TRIGGER "FamilyAttribute_inserted" ON "FamilyAttribute";
DROP TRIGGER "FamilyAttribute_updated" ON "FamilyAttribute";
DROP TRIGGER "FamilyAttribute_deleted" ON "FamilyAttribute";
DROP FUNCTION product_inserted(), product_removed(), product_updated(), product_raise_version(),
    product_attribute_changed(), family_attribute_changed();
DROP FUNCTION product_follow_trash(INTEGER[], INTEGER[]), product_check_levels(INTEGER[]),
    product_refresh_status(INTEGER[]), product_is_listed(BOOLEAN, INTEGER, BIGINT);

-- `pixelpim indexes drop` may have taken some.
DROP INDEX IF EXISTS "User_email_lower_idx", "idx_product_active_sku_prefix", "idx_product_active_name_prefix",
    "idx_product_active_search", "idx_category_parent", "idx_product_asset_asset", "idx_family_attribute_attribute",
    "idx_product_attribute_family_attribute", "idx_product_attribute_attribute", "idx_asset_deletion",
    "idx_product_deletion", "idx_product_trash", "idx_product_parent", "idx_product_active_variants",
    "idx_product_active_attribute_group", "idx_product_active_family", "idx_product_active_category",
    "idx_product_active_list";
DROP EXTENSION pg_trgm;

CREATE UNIQUE INDEX "Product_sku_userId_key" ON "Product" ("sku", "userId");
CREATE UNIQUE INDEX "Product_name_userId_key" ON "Product" ("name", "userId");
CREATE UNIQUE INDEX "Asset_name_userId_assetGroupId_key" ON "Asset" ("name", "userId", "assetGroupId");
CREATE UNIQUE INDEX "AssetGroup_groupName_userId_parentGroupId_key" ON "AssetGroup" ("groupName", "userId", "parentGroupId");
CREATE UNIQUE INDEX "Category_name_userId_parentCategoryId_key" ON "Category" ("name", "userId", "parentCategoryId");
CREATE UNIQUE INDEX "Family_name_userId_key" ON "Family" ("name", "userId");
CREATE UNIQUE INDEX "Attribute_name_userId_key" ON "Attribute" ("name", "userId");
CREATE UNIQUE INDEX "AttributeGroup_name_userId_key" ON "AttributeGroup" ("name", "userId");
DROP INDEX "Product_userId_sku_live_key", "Product_userId_name_live_key", "Asset_userId_group_name_live_key",
    "AssetGroup_userId_parent_name_live_key", "Category_userId_parent_name_live_key", "Family_userId_name_live_key",
    "Attribute_userId_name_live_key", "AttributeGroup_userId_name_live_key";

ALTER TABLE "ProductAttribute" DROP CONSTRAINT "ProductAttribute_familyAttributeId_fkey";
ALTER TABLE "ProductAttribute" ADD CONSTRAINT "ProductAttribute_familyAttributeId_fkey"
    FOREIGN KEY ("familyAttributeId") REFERENCES "FamilyAttribute" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Product" DROP CONSTRAINT "Product_parentProductId_fkey";
ALTER TABLE "Product" ADD CONSTRAINT "Product_parentProductId_fkey"
    FOREIGN KEY ("parentProductId") REFERENCES "Product" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "Product" DROP COLUMN "deletionId", DROP COLUMN "detachedBy", DROP COLUMN "version";
ALTER TABLE "Asset" DROP COLUMN "deletionId";
ALTER TABLE "AssetGroup" DROP COLUMN "deletedAt", DROP COLUMN "isDeleted", DROP COLUMN "deletionId";
ALTER TABLE "Category" DROP COLUMN "deletedAt", DROP COLUMN "isDeleted", DROP COLUMN "deletionId";
ALTER TABLE "Family" DROP COLUMN "deletedAt", DROP COLUMN "isDeleted", DROP COLUMN "deletionId";
ALTER TABLE "Attribute" DROP COLUMN "deletedAt", DROP COLUMN "isDeleted", DROP COLUMN "deletionId";
ALTER TABLE "AttributeGroup" DROP COLUMN "deletedAt", DROP COLUMN "isDeleted", DROP COLUMN "deletionId";

DROP TABLE "ProductCategory", "ListTotal", "AuditEvent", "Deletion";
