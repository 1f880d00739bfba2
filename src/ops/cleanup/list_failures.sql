-- What could not be purged: the first $1 of it, and how much there is.
SELECT count(*) OVER () AS "total", f."userId", f."kind", f."itemId", f."tries", f."trouble",
       f."firstAt" AT TIME ZONE 'UTC' AS "firstAt", f."nextTryAt" AT TIME ZONE 'UTC' AS "nextTryAt"
  FROM "CleanupFailure" f ORDER BY f."firstAt", f."kind", f."itemId" LIMIT $1::int4
