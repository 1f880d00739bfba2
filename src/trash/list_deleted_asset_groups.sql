-- A page of the trashed asset groups of tenant $1, last deleted first: $2 rows after the first $3, or after the row deleted
-- at $4 with id $5 (NULL: from the start). $6: the retention in days, for the day of the purge.
SELECT (SELECT count(*) FROM "AssetGroup" n WHERE n."userId" = $1::int4 AND n."isDeleted") AS "total",
       g."id", g."groupName", g."parentGroupId", g."createdDate", g."createdAt", g."updatedAt", g."userId",
       (SELECT count(*)::int4 FROM "Asset" a WHERE a."userId" = $1::int4 AND a."assetGroupId" = g."id") AS "assetCount",
       g."deletedAt", g."deletionId", d."actorId" AS "deletedBy",
       coalesce(d."purgeAfter", g."deletedAt" + make_interval(days => $6::int4)) AS "purgeAt"
  FROM "AssetGroup" g LEFT JOIN "Deletion" d ON d."id" = g."deletionId"
 WHERE g."userId" = $1::int4 AND g."isDeleted"
   AND ($4::timestamp IS NULL OR (g."deletedAt", g."id") < ($4::timestamp, $5::int4))
 ORDER BY g."deletedAt" DESC, g."id" DESC LIMIT $2::int4 OFFSET $3::int8
