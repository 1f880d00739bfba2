g."id", g."groupName",
       (SELECT p."id" FROM live."AssetGroup" p WHERE p."userId" = $1::int4 AND p."id" = g."parentGroupId") AS "parentGroupId",
       g."createdDate", g."createdAt", g."updatedAt", g."userId", m."bytes" AS "totalSize", m."assets" AS "assetCount",
       (SELECT count(*)::int4 FROM live."AssetGroup" k WHERE k."userId" = $1::int4 AND k."parentGroupId" = g."id") AS "childCount"
