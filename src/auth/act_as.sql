-- The administrator $2 acts as the owner $1: noted in that tenant's audit, with the request $3 and its route $4.
WITH tenant AS (
    SELECT u."id" FROM "User" u WHERE u."id" = $1::int4 AND u."role" = 'OWNER' AND u."deactivatedAt" IS NULL),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT t."id", $2::int4, 'tenant.act_as', 'tenant', t."id", $3::text, jsonb_build_object('route', $4::text) FROM tenant t)
SELECT t."id" FROM tenant t
