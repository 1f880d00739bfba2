-- A key of tenant $1, made by $2: name $3, prefix $4, hash $5, scopes $6, good for $7 days (NULL: for ever). $8 request.
WITH made AS (
    INSERT INTO "ApiKey" ("userId", "createdBy", "name", "prefix", "keyHash", "scopes", "createdAt", "expiresAt")
    VALUES ($1::int4, $2::int4, $3::text, $4::text, $5::text, $6::text[], now() AT TIME ZONE 'UTC',
            now() AT TIME ZONE 'UTC' + make_interval(days => $7::int4))
    RETURNING "id", "name", "prefix", "scopes", "createdAt", "lastUsedAt", "expiresAt", "revokedAt"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'key.create', 'key', m."id", $8::text,
           jsonb_build_object('name', m."name", 'scopes', to_jsonb(m."scopes")) FROM made m)
SELECT m."id", m."name", m."prefix", m."scopes", m."createdAt", m."lastUsedAt", m."expiresAt", m."revokedAt" FROM made m
