-- The bulk act $3 of tenant $1, where all that it is of are of the kinds $2.
SELECT b."id", b."act", b."kinds", b."state", b."total", b."done" + n.done AS "done", b."changed" + n.changed AS "changed", b."trouble",
       b."deletionId", b."actorId", b."createdAt" AT TIME ZONE 'UTC' AS "createdAt", b."endedAt" AT TIME ZONE 'UTC' AS "endedAt"
  FROM "BulkAct" b,
       LATERAL (SELECT coalesce(sum(t."done"), 0)::int4 AS done, coalesce(sum(t."changed"), 0)::int4 AS changed
                  FROM "BulkBatch" t WHERE t."bulkActId" = b."id") n
 WHERE b."userId" = $1::int4 AND b."id" = $3::int8 AND b."kinds" <@ $2::text[]
