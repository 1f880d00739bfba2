-- What could not be purged and is to be tried again, the first $1.
SELECT f."userId", f."kind", f."itemId" FROM "CleanupFailure" f
 WHERE f."nextTryAt" <= now() ORDER BY f."userId", f."kind", f."itemId" LIMIT $1::int4
