-- Indexes for what the program reads most, each of living rows only. `pixelpim indexes apply` builds them, one after the
-- other, without stopping anybody, and builds again what an interrupted run left behind. psql can run this file too.
--
-- Migrations make them too: here one that was dropped or broke comes back. (Whether a SKU or a name is taken is found through
-- the unique indexes, which are of living rows as well.) What they are for stands above them.

-- GET /products, its pages, its filters by category, family and attribute group; the variants of a product.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_product_active_list" ON "Product" ("userId", "createdAt" DESC, "id" DESC)
    WHERE NOT "isDeleted" AND ("parentProductId" IS NULL OR "detachedBy" IS NOT NULL);
CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_product_active_category" ON "Product" ("userId", "categoryId", "createdAt" DESC, "id" DESC)
    WHERE NOT "isDeleted";
CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_product_active_family" ON "Product" ("userId", "familyId", "createdAt" DESC, "id" DESC)
    WHERE NOT "isDeleted";
CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_product_active_attribute_group" ON "Product" ("userId", "attributeGroupId", "createdAt" DESC, "id" DESC)
    WHERE NOT "isDeleted" AND "attributeGroupId" IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_product_active_variants" ON "Product" ("parentProductId", "id") WHERE NOT "isDeleted";

-- GET /products?search=: from three letters, and shorter ones by their beginning.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_product_active_search" ON "Product" USING gin ("name" gin_trgm_ops, "sku" gin_trgm_ops)
    WITH (gin_pending_list_limit = 1024) WHERE NOT "isDeleted";
CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_product_active_name_prefix" ON "Product" ("userId", lower("name") text_pattern_ops)
    WHERE NOT "isDeleted";
CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_product_active_sku_prefix" ON "Product" ("userId", lower("sku") text_pattern_ops)
    WHERE NOT "isDeleted";

-- GET /assets: those of a group, those in none, and the search.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_asset_active_list" ON "Asset" ("userId", "assetGroupId", "createdAt" DESC, "id" DESC) INCLUDE ("size")
    WHERE NOT "isDeleted";
CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_asset_active_search" ON "Asset" USING gin ("name" gin_trgm_ops, "fileName" gin_trgm_ops)
    WITH (gin_pending_list_limit = 256) WHERE NOT "isDeleted";
CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_asset_active_name_prefix" ON "Asset" ("userId", lower("name") text_pattern_ops) WHERE NOT "isDeleted";

-- GET /products/deleted, GET /assets/deleted, and what is due to be purged.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_product_trash" ON "Product" ("userId", "deletedAt" DESC, "id" DESC) WHERE "isDeleted";
CREATE INDEX CONCURRENTLY IF NOT EXISTS "idx_asset_trash" ON "Asset" ("userId", "deletedAt" DESC, "id" DESC) WHERE "isDeleted";
