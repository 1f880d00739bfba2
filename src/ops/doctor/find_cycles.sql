-- Categories and groups that are below themselves: how many, and the first $1.
WITH RECURSIVE up AS (
    SELECT 'category' AS kind, c."id" AS start, c."parentCategoryId" AS above FROM "Category" c WHERE c."parentCategoryId" IS NOT NULL
    UNION SELECT 'assetGroup', g."id", g."parentGroupId" FROM "AssetGroup" g WHERE g."parentGroupId" IS NOT NULL
    UNION
    SELECT u.kind, u.start, n.above FROM up u, LATERAL (
        SELECT c."parentCategoryId" AS above FROM "Category" c WHERE u.kind = 'category' AND c."id" = u.above
        UNION ALL SELECT g."parentGroupId" FROM "AssetGroup" g WHERE u.kind = 'assetGroup' AND g."id" = u.above) n
     WHERE n.above IS NOT NULL AND u.above <> u.start)
SELECT count(*) OVER () AS total, format('%s %s is below itself', u.kind, u.start) AS what
  FROM up u WHERE u.above = u.start ORDER BY u.kind, u.start LIMIT $1::int4
