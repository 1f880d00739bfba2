-- Key $3 of tenant $1 opens nothing from now on; by $2, request $4. No row: there is no such key, or it was revoked.
WITH revoked AS (
    UPDATE "ApiKey" k SET "revokedAt" = now() AT TIME ZONE 'UTC'
     WHERE k."id" = $3::int4 AND k."userId" = $1::int4 AND k."revokedAt" IS NULL
    RETURNING k."id", k."name"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'key.revoke', 'key', r."id", $4::text, jsonb_build_object('name', r."name") FROM revoked r)
SELECT r."id" FROM revoked r
