-- The further categories of the products of tenant $1 become those of the file, where it names any.
/* wanted_categories.part.sql */,
gone AS (
    DELETE FROM "ProductCategory" c
     USING import_row r, live."Product" p
     WHERE r.has_categories AND p."userId" = $1::int4 AND p."sku" = r.sku AND c."productId" = p."id"
       AND NOT EXISTS (SELECT FROM wanted w WHERE w.product_id = c."productId" AND w.category_id = c."categoryId")
    RETURNING c."productId"),
written AS (
    INSERT INTO "ProductCategory" ("productId", "categoryId", "position")
    SELECT w.product_id, w.category_id, w.position FROM wanted w
     WHERE NOT EXISTS (SELECT FROM "ProductCategory" c WHERE c."productId" = w.product_id
                          AND c."categoryId" = w.category_id AND c."position" = w.position)
     ORDER BY 1, 2
    ON CONFLICT ("productId", "categoryId") DO UPDATE SET "position" = excluded."position"
    RETURNING "productId")
INSERT INTO import_changed (id) SELECT "productId" FROM gone UNION SELECT "productId" FROM written ON CONFLICT DO NOTHING
