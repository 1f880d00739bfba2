folder AS MATERIALIZED (
    SELECT g."id", g."groupName", g."createdDate", g."userId", g."createdAt", g."updatedAt",
           (SELECT p."id" FROM live."AssetGroup" p WHERE p."userId" = $1::int4 AND p."id" = g."parentGroupId") AS "parentGroupId",
           (SELECT coalesce(sum(m."size"), 0)::int8 FROM live."Asset" m
             WHERE m."userId" = $1::int4 AND m."assetGroupId" = g."id") AS "totalSize"
      FROM live."AssetGroup" g
     WHERE g."userId" = $1::int4 AND g."id" IN (SELECT page."assetGroupId" FROM page))
