-- All categories of tenant $1 as trees, $2 levels of them (NULL: all), in one list of at most $3, without counts.
WITH RECURSIVE node AS (
    SELECT c."id", NULL::int4 AS above, 0 AS level, ARRAY[c."id"] AS line FROM live."Category" c
     WHERE c."userId" = $1::int4 AND NOT EXISTS (SELECT FROM live."Category" o WHERE o."id" = c."parentCategoryId")
    UNION ALL
    SELECT c."id", n."id", n.level + 1, n.line || c."id"
      FROM node n JOIN live."Category" c ON c."parentCategoryId" = n."id"
     WHERE c."userId" = $1::int4 AND c."id" <> ALL (n.line) AND n.level + 1 < coalesce($2::int4, 1000))
SELECT ARRAY(SELECT ROW(c."id", n.above, n.level, c."name", c."description", c."userId", c."createdAt", c."updatedAt",
                        0::int8, 0::int8)
               FROM node n JOIN live."Category" c ON c."id" = n."id"
              ORDER BY n.level, c."name", c."id" LIMIT $3::int4) AS "nodes"
