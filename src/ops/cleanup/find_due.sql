-- The next $6 rows of the kind $3 in the trash of tenant $1 that have been there for as long as things are kept ($2: the
-- installation's retention in days), the oldest first, after the one with the id $5 that was deleted at $4. Of each, whether it is
-- to be purged now: not what its act keeps for longer, nor what could not be purged, until it is its time again.
SELECT t."id", t."deletedAt",
       coalesce(d."purgeAfter", '-infinity') <= now() AT TIME ZONE 'UTC' AND d."state" IS DISTINCT FROM 'running'
       AND (t."id" IN (SELECT f."itemId" FROM "CleanupFailure" f WHERE f."userId" = $1::int4 AND f."kind" = $3::text
                            AND f."nextTryAt" > now())) IS NOT TRUE AS "isDue"
  FROM (/* oldest.kind.part.sql */) t
  LEFT JOIN "Deletion" d ON d."id" = t."deletionId"
 ORDER BY t."deletedAt", t."id"
