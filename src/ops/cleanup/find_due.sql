-- The next $6 rows of the kind $3 in the trash of tenant $1 that have been there for as long as they are kept ($2: the
-- installation's retention in days), the oldest first, after the one with the id $5 that was deleted at $4. What could not be
-- purged is left out until it is its time again.
SELECT t."id", t."deletedAt"
  FROM trash."Item" t LEFT JOIN "Deletion" d ON d."id" = t."deletionId"
 WHERE t."userId" = $1::int4 AND t."kind" = $3::text
   AND t."deletedAt" <= (now() AT TIME ZONE 'UTC') - make_interval(days => (SELECT trash_retention($1::int4, $2::int4)))
   AND (t."deletedAt", t."id") > ($4::timestamp, $5::int4)
   AND coalesce(d."purgeAfter", '-infinity') <= now() AT TIME ZONE 'UTC' AND d."state" IS DISTINCT FROM 'running'
   AND NOT EXISTS (SELECT FROM "CleanupFailure" f WHERE f."kind" = t."kind" AND f."itemId" = t."id" AND f."nextTryAt" > now())
   AND NOT EXISTS (SELECT FROM "TrashOff")
 ORDER BY t."deletedAt", t."id" LIMIT $6::int4
