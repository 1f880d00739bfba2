-- Deletes what told tenant $1 of acts more than thirty days ago, at most $2 of them, for $3 in the request $4. The audit
-- keeps the acts themselves.
WITH gone AS (
    DELETE FROM "Notification" n
     WHERE n."userId" = $1::int4
       AND n."id" IN (SELECT o."id" FROM "Notification" o
                       WHERE o."userId" = $1::int4
                         AND o."createdAt" < now() AT TIME ZONE 'UTC' - interval '30 days'
                       ORDER BY o."id" LIMIT $2::int4 FOR UPDATE SKIP LOCKED)
    RETURNING n."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'notification.cleanup', 'notification', $4::text, jsonb_build_object('count', g."count")
      FROM (SELECT count(*) AS "count" FROM gone) g WHERE g."count" > 0)
SELECT count(*) AS "deleted" FROM gone
