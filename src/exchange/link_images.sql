-- The files of tenant $1 that the file named as images belong to their products.
WITH held AS MATERIALIZED (
    SELECT a."id" FROM live."Asset" a
     WHERE a."userId" = $1::int4 AND a."id" IN (SELECT i.asset_id FROM import_image i) ORDER BY a."id" FOR SHARE),
linked AS (
    INSERT INTO "ProductAsset" ("productId", "assetId")
    SELECT p."id", i.asset_id
      FROM import_image i JOIN import_row r ON r.entry = i.entry JOIN held h ON h."id" = i.asset_id
      JOIN live."Product" p ON p."userId" = $1::int4 AND p."sku" = r.sku
     ORDER BY p."id", i.place, i.position
    ON CONFLICT ("productId", "assetId") DO NOTHING
    RETURNING "productId")
INSERT INTO import_changed (id, field) SELECT DISTINCT l."productId", 'assets' FROM linked l
 WHERE NOT EXISTS (SELECT FROM import_made m WHERE m.id = l."productId")
ON CONFLICT DO NOTHING
