-- A page of the trashed assets of tenant $1, last deleted first: $2 rows after the first $3, or after the row deleted at $4
-- with id $5 (NULL: from the start). $6: the retention in days, for the day of the purge.
SELECT (SELECT count(*) FROM "Asset" n WHERE n."userId" = $1::int4 AND n."isDeleted") AS "total",
       a."id", a."name", a."fileName", a."filePath", a."thumbnailPath", a."mimeType", a."uploadDate", a."size", a."userId",
       a."assetGroupId", a."createdAt", a."updatedAt", a."contentHash", a."version", a."deletedAt", a."deletionId",
       d."actorId" AS "deletedBy",
       coalesce(d."purgeAfter", a."deletedAt" + make_interval(days => $6::int4)) AS "purgeAt",
       CASE WHEN g."id" IS NOT NULL THEN ROW(g."id", g."groupName", g."isDeleted", g."parentGroupId", g."createdDate", g."createdAt", g."updatedAt") END AS "assetGroup"
  FROM "Asset" a
  LEFT JOIN "Deletion" d ON d."id" = a."deletionId"
  LEFT JOIN "AssetGroup" g ON g."id" = a."assetGroupId" AND g."userId" = $1::int4
 WHERE a."userId" = $1::int4 AND a."isDeleted"
   AND ($4::timestamp IS NULL OR (a."deletedAt", a."id") < ($4::timestamp, $5::int4))
 ORDER BY a."deletedAt" DESC, a."id" DESC LIMIT $2::int4 OFFSET $3::int8
