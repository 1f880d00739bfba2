-- Tells the tenant $1 that $3 rows of the kind $2 were purged in the run $4.
INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "requestId", "detail")
SELECT $1::int4, NULL, $2::text || '.bulk_purge', $2::text, 'cleanup-' || $4::int8,
       jsonb_build_object('count', $3::int8, 'reason', 'retention')
RETURNING "id"
