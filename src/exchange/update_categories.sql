-- The further categories of the products of tenant $1 become those of the file, in its order, where it names any. Links to
-- categories in the trash are no part of it: they stay.
/* wanted_categories.part.sql */,
grouped AS MATERIALIZED (
    SELECT w.product_id, array_agg(w.category_id ORDER BY w.position) AS list FROM wanted w GROUP BY w.product_id),
listed AS (
    SELECT p."id" AS product_id, coalesce(g.list, '{}') AS wanted,
           ARRAY(SELECT m."categoryId" FROM "ProductCategory" m
                   JOIN live."Category" c ON c."id" = m."categoryId" AND c."userId" = $1::int4
                  WHERE m."productId" = p."id" ORDER BY m."position", m."categoryId") AS present
      FROM import_row r
      JOIN live."Product" p ON p."userId" = $1::int4 AND p."sku" = r.sku
      LEFT JOIN grouped g ON g.product_id = p."id"
     WHERE r.has_more_categories),
differing AS MATERIALIZED (SELECT l.product_id, l.wanted, l.present FROM listed l WHERE l.wanted <> l.present),
gone AS (
    DELETE FROM "ProductCategory" c USING differing d
     WHERE c."productId" = d.product_id AND c."categoryId" = ANY (d.present) AND NOT c."categoryId" = ANY (d.wanted)
    RETURNING c."productId"),
written AS (
    INSERT INTO "ProductCategory" ("productId", "categoryId", "position")
    SELECT w.product_id, w.category_id, w.position FROM wanted w JOIN differing d ON d.product_id = w.product_id
     ORDER BY 1, 2
    ON CONFLICT ("productId", "categoryId") DO UPDATE SET "position" = excluded."position"
    RETURNING "productId")
INSERT INTO import_changed (id, field)
SELECT d.product_id, 'moreCategories' FROM differing d WHERE NOT EXISTS (SELECT FROM import_made m WHERE m.id = d.product_id)
ON CONFLICT DO NOTHING
