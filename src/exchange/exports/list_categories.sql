-- The categories of tenant $1 that can be reached from a root, with their paths.
WITH RECURSIVE known AS (
    SELECT c."id", c."description", ARRAY[c."name"] AS path FROM live."Category" c
     WHERE c."userId" = $1::int4 AND c."parentCategoryId" IS NULL
    UNION ALL
    SELECT c."id", c."description", k.path || c."name"
      FROM known k
     CROSS JOIN LATERAL (SELECT b."id", b."name", b."description" FROM live."Category" b
                          WHERE b."userId" = $1::int4 AND b."parentCategoryId" = k."id" OFFSET 0) c  -- by the index, however deep
     WHERE cardinality(k.path) < 64)
SELECT k."id", k.path AS "path", k."description" FROM known k
