-- The living assets $2 of tenant $1, in this order.
WITH page AS MATERIALIZED (
    SELECT a."id", a."assetGroupId" FROM live."Asset" a WHERE a."userId" = $1::int4 AND a."id" = ANY ($2::int4[])),
/* folder.part.sql */
SELECT /* asset_columns.part.sql */
  FROM page JOIN live."Asset" a ON a."id" = page."id"
  LEFT JOIN folder f ON f."id" = a."assetGroupId"
  LEFT JOIN "StoredContent" c ON c."hash" = a."contentHash"
 WHERE a."userId" = $1::int4
 ORDER BY array_position($2::int4[], a."id")
