-- The next batch of the bulk act $2 of tenant $1, which nobody else takes for the next half minute: who claimed it and ended
-- half-way is followed by another. No row: there is none. Batches of products go and come back side by side, since a product and its
-- variants are in the same; what is below other things may be in another batch than they, and so those follow one another.
WITH alone AS (
    UPDATE "BulkAct" t SET "claimedUntil" = now() + interval '30 seconds'
     WHERE t."userId" = $1::int4 AND coalesce(t."claimedUntil", '-infinity') < now() AND NOT (t."act" <> 'purge' AND t."kinds" = '{product}')
       AND t."id" = (SELECT b."id" FROM "BulkAct" b WHERE b."userId" = $1::int4 AND b."id" = $2::int8 FOR UPDATE SKIP LOCKED)
    RETURNING t."id"),
act AS MATERIALIZED (
    SELECT b."id", b."actorId", b."act", b."requestId", b."reason", b."onConflict", b."withDependencies", b."dependencyKinds", b."along",
           b."skipHeld", b."createdAt"
      FROM "BulkAct" b
     WHERE b."userId" = $1::int4 AND b."id" = $2::int8 AND b."state" = 'running'
       AND (b."act" <> 'purge' AND b."kinds" = '{product}' OR EXISTS (SELECT FROM alone))),
free AS MATERIALIZED (
    SELECT n."bulkActId", n."number" FROM act a JOIN "BulkBatch" n ON n."bulkActId" = a."id"
     WHERE n."done" IS NULL AND coalesce(n."claimedUntil", '-infinity') < now()
     ORDER BY n."number" LIMIT 1 FOR UPDATE OF n SKIP LOCKED)
UPDATE "BulkBatch" n SET "claimedUntil" = now() + interval '30 seconds'
  FROM free f, act a
 WHERE n."bulkActId" = f."bulkActId" AND n."number" = f."number" AND a."id" = n."bulkActId"
RETURNING n."number", n."kind", n."ids", a."actorId", a."act", a."requestId", a."reason", a."onConflict", a."withDependencies",
          a."dependencyKinds", a."along", a."skipHeld", a."createdAt" AT TIME ZONE 'UTC' AS "createdAt"
