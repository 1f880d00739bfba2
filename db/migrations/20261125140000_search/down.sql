-- `pixelpim indexes drop` may have taken some.
DROP STATISTICS "stat_product_sku";
DROP STATISTICS "stat_product_name";
ALTER INDEX "idx_product_attribute_search" RESET (gin_pending_list_limit);
ALTER INDEX IF EXISTS "idx_asset_active_search" RESET (gin_pending_list_limit);
ALTER INDEX IF EXISTS "idx_product_active_search" RESET (gin_pending_list_limit);
