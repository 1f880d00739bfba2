-- Account $1, which belongs to owner $2 (NULL: it is an owner itself), leaves ($3 false) or comes back (true). Nothing
-- of theirs is lost; leaving ends their sessions. By $4, request $5. No row: there is nobody to change.
WITH changed AS (
    UPDATE "User" u
       SET "deactivatedAt" = CASE WHEN $3::bool THEN NULL ELSE now() AT TIME ZONE 'UTC' END,
           "tokenVersion" = u."tokenVersion" + 1
     WHERE u."id" = $1::int4 AND u."ownerId" IS NOT DISTINCT FROM $2::int4 AND (u."deactivatedAt" IS NULL) <> $3::bool
       AND u."role" = CASE WHEN $2::int4 IS NULL THEN 'OWNER' ELSE 'STAFF' END::"Role"
    RETURNING u."id", u."ownerId"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId")
    SELECT coalesce(c."ownerId", c."id"), $4::int4, CASE WHEN $3::bool THEN 'account.restore' ELSE 'account.delete' END,
           'account', c."id", $5::text FROM changed c)
SELECT c."id" FROM changed c
