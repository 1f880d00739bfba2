-- A new password (hash $3) for the account of the address $1, with its code (hash $2), which is used up. Sessions end.
-- $4 request. No row: the code does not fit.
WITH code AS (
    DELETE FROM "AccountCode" c
     WHERE c."email" = lower($1::text) AND c."purpose" = 'password-reset' AND c."codeHash" = $2::text
       AND c."expiresAt" > now() AND c."tries" < 5
    RETURNING c."email"),
changed AS (
    UPDATE "User" u SET "password" = $3::text, "tokenVersion" = u."tokenVersion" + 1
      FROM code c WHERE lower(u."email") = c."email" AND u."deactivatedAt" IS NULL
    RETURNING u."id", u."ownerId"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId")
    SELECT coalesce(c."ownerId", c."id"), c."id", 'account.reset_password', 'account', c."id", $4::text FROM changed c)
SELECT c."id" FROM changed c
