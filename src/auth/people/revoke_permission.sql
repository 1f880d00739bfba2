-- Takes the permission for action $4 on resource $3 from staff $2 of owner $1. By $5, request $6. No row: none was there.
WITH gone AS (
    DELETE FROM "UserPermission" p USING "User" u
     WHERE u."id" = p."userId" AND u."ownerId" = $1::int4 AND u."role" = 'STAFF'
       AND p."userId" = $2::int4 AND p."resource" = $3::text AND p."action" = $4::text
    RETURNING p."id", p."granted"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $5::int4, 'permission.revoke', 'account', $2::int4, $6::text,
           jsonb_build_object('resource', $3::text, 'action', $4::text, 'granted', g."granted") FROM gone g)
SELECT g."id" FROM gone g
