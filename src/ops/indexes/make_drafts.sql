-- Empty tables of the same columns: indexes on them say how the server writes their definitions.
CREATE TEMPORARY TABLE "Product" (LIKE public."Product") ON COMMIT DROP;
CREATE TEMPORARY TABLE "Asset" (LIKE public."Asset") ON COMMIT DROP;
SET LOCAL search_path = pg_temp, public
