-- The next $5 rows of the kind $3 in the trash of tenant $1 whose act is to be kept for a shorter time than the retention of $2
-- days, and is not kept any longer, after the id $4.
SELECT t."id", t."deletedAt", true AS "isDue"
  FROM "Deletion" d JOIN trash."Item" t ON t."deletionId" = d."id"
 WHERE d."userId" = $1::int4 AND d."purgeAfter" <= now() AT TIME ZONE 'UTC' AND d."state" <> 'running'
   AND t."userId" = $1::int4 AND t."kind" = $3::text AND t."id" > $4::int4
   AND t."deletedAt" > (now() AT TIME ZONE 'UTC') - make_interval(days => (SELECT trash_retention($1::int4, $2::int4)))
   AND NOT EXISTS (SELECT FROM "CleanupFailure" f WHERE f."kind" = t."kind" AND f."itemId" = t."id" AND f."nextTryAt" > now())
   AND NOT EXISTS (SELECT FROM "TrashOff")
 ORDER BY t."id" LIMIT $5::int4
