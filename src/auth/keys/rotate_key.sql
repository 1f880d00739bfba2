-- A new key in place of key $3 of tenant $1, by $2, with its name and scopes: prefix $4, hash $5. The old one is good
-- for another $6 minutes. $7 request. No row: there is no such key that is good.
WITH old AS (
    UPDATE "ApiKey" k SET "expiresAt" = least(coalesce(k."expiresAt", 'infinity'),
                                              now() AT TIME ZONE 'UTC' + make_interval(mins => $6::int4))
     WHERE k."id" = $3::int4 AND k."userId" = $1::int4 AND k."revokedAt" IS NULL
       AND (k."expiresAt" IS NULL OR k."expiresAt" > now() AT TIME ZONE 'UTC')
    RETURNING k."id", k."name", k."scopes"),
made AS (
    INSERT INTO "ApiKey" ("userId", "createdBy", "name", "prefix", "keyHash", "scopes", "createdAt")
    SELECT $1::int4, $2::int4, o."name", $4::text, $5::text, o."scopes", now() AT TIME ZONE 'UTC' FROM old o
    RETURNING "id", "name", "prefix", "scopes", "createdAt", "lastUsedAt", "expiresAt", "revokedAt"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'key.rotate', 'key', o."id", $7::text, jsonb_build_object('newId', m."id") FROM old o, made m)
SELECT m."id", m."name", m."prefix", m."scopes", m."createdAt", m."lastUsedAt", m."expiresAt", m."revokedAt" FROM made m
