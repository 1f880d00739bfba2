-- A search with much to read besides, and what begins with a letter.

-- What is written waits in a list until it goes into an index of trigrams, and each search reads that list: of 4 MB, as
-- long as nothing else is said, which takes some 35 ms.
ALTER INDEX IF EXISTS "idx_product_active_search" SET (gin_pending_list_limit = 256);
ALTER INDEX IF EXISTS "idx_asset_active_search" SET (gin_pending_list_limit = 256);
ALTER INDEX IF EXISTS "idx_product_attribute_search" SET (gin_pending_list_limit = 256);

-- How many products begin with this? The planner doesn't ask the statistics of indexes that have a condition.
CREATE STATISTICS "stat_product_name" ON (lower("name")) FROM "Product";
CREATE STATISTICS "stat_product_sku" ON (lower("sku")) FROM "Product";
