-- A page of the categories of tenant $1 at the root, or directly below $2, by name: $3 of them after the first $4,
-- each with $5 levels (NULL: all), in one list of at most $6. A category whose parent is in the trash is at the root.
WITH RECURSIVE place AS MATERIALIZED (
    SELECT c."id", c."name" FROM live."Category" c
     WHERE c."userId" = $1::int4
       AND CASE WHEN $2::int4 IS NULL
                THEN NOT EXISTS (SELECT FROM live."Category" o WHERE o."id" = c."parentCategoryId")
                ELSE c."parentCategoryId" = $2::int4 END),
start AS MATERIALIZED (
    SELECT p."id" FROM place p ORDER BY p."name", p."id" LIMIT $3::int4 OFFSET $4::int8),
/* counted_trees.part.sql */
SELECT $2::int4 IS NULL
           OR EXISTS (SELECT FROM live."Category" c WHERE c."userId" = $1::int4 AND c."id" = $2::int4) AS "isFound",
       (SELECT count(*) FROM place) AS "total",
       /* nodes.part.sql */
