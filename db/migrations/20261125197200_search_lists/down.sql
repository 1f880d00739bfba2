ALTER INDEX IF EXISTS "idx_product_active_search" SET (gin_pending_list_limit = 256);
