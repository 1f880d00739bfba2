-- An owner for the address $1 with full name $2 and password hash $3, where its code (hash $4) was verified; the code is
-- used up. $5 request. No row: it was not.
WITH code AS (
    DELETE FROM "AccountCode" c
     WHERE c."email" = lower($1::text) AND c."purpose" = 'registration' AND c."verified" AND c."codeHash" = $4::text
       AND c."expiresAt" > now() AND c."tries" < 5
    RETURNING c."email"),
made AS (
    INSERT INTO "User" ("email", "fullname", "password", "role") SELECT $1::text, $2::text, $3::text, 'OWNER' FROM code
    RETURNING "id", "email", "fullname", NULL::text AS "password", "role"::text AS "role", "ownerId", "createdAt", "tokenVersion"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId")
    SELECT m."id", m."id", 'account.sign_up', 'account', m."id", $5::text FROM made m)
SELECT m."id", m."email", m."fullname", m."password", m."role", m."ownerId", m."createdAt", m."tokenVersion" FROM made m
