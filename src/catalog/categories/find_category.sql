-- The living category $2 of tenant $1: where it is, $5 levels of its tree (NULL: all) in a list of at most $6, and $3 of
-- the products in it after the first $4, newest first.
WITH RECURSIVE start AS MATERIALIZED (
    SELECT c."id", c."parentCategoryId" FROM live."Category" c WHERE c."userId" = $1::int4 AND c."id" = $2::int4),
up AS (
    SELECT c."id", c."parentCategoryId" AS above, 0 AS distance FROM live."Category" c
     WHERE c."userId" = $1::int4 AND c."id" = $2::int4
    UNION
    SELECT c."id", c."parentCategoryId", u.distance + 1 FROM up u JOIN live."Category" c ON c."id" = u.above
     WHERE c."userId" = $1::int4 AND u.distance < 1000),
/* counted_trees.part.sql */
SELECT (SELECT ROW(c."id", c."name", c."description", (SELECT o."id" FROM up o WHERE o.distance = 2), c."userId",
                   c."createdAt", c."updatedAt")
          FROM up u JOIN live."Category" c ON c."id" = u."id" WHERE u.distance = 1) AS "parentCategory",
       CASE WHEN NOT EXISTS (SELECT FROM up u WHERE u.distance = 1) THEN s."parentCategoryId" END AS "parentInTrash",
       ARRAY(SELECT c."name" FROM up u JOIN live."Category" c ON c."id" = u."id" ORDER BY u.distance DESC) AS "path",
       ARRAY(SELECT ROW(p."id", p."name", p."sku", p."status", p."imageUrl")
               FROM live."Product" p
              WHERE p."userId" = $1::int4
                AND p."id" IN (SELECT q."id" FROM live."Product" q
                                WHERE q."userId" = $1::int4 AND q."categoryId" = $2::int4
                               UNION ALL
                               SELECT m."productId" FROM "ProductCategory" m WHERE m."categoryId" = $2::int4)
              ORDER BY p."createdAt" DESC, p."id" DESC LIMIT $3::int4 OFFSET $4::int8) AS "products",
       /* nodes.part.sql */
  FROM start s
