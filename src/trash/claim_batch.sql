-- The next batch of the bulk act $2 of tenant $1, which nobody else takes for the next half minute: who claimed it and ended
-- half-way is followed by another. No row: somebody is at it, or the act is done.
WITH act AS (
    UPDATE "BulkAct" t SET "claimedUntil" = now() + interval '30 seconds'
     WHERE t."userId" = $1::int4 AND t."state" = 'running' AND coalesce(t."claimedUntil", '-infinity') < now()
       AND t."id" = (SELECT b."id" FROM "BulkAct" b WHERE b."userId" = $1::int4 AND b."id" = $2::int8 FOR UPDATE SKIP LOCKED)
    RETURNING t."id", t."actorId", t."act", t."requestId", t."reason", t."onConflict", t."withDependencies",
              t."dependencyKinds", t."along", t."skipHeld", t."createdAt")
SELECT n."number", n."kind", n."ids", a."actorId", a."act", a."requestId", a."reason",
       a."onConflict", a."withDependencies", a."dependencyKinds", a."along", a."skipHeld",
       a."createdAt" AT TIME ZONE 'UTC' AS "createdAt"
  FROM act a JOIN "BulkBatch" n ON n."bulkActId" = a."id"
 ORDER BY n."number" LIMIT 1
