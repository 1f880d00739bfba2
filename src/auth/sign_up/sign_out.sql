-- All sessions of user $1 end. $2 request.
WITH changed AS (
    UPDATE "User" u SET "tokenVersion" = u."tokenVersion" + 1 WHERE u."id" = $1::int4 RETURNING u."id", u."ownerId"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId")
    SELECT coalesce(c."ownerId", c."id"), c."id", 'account.sign_out', 'account', c."id", $2::text FROM changed c)
SELECT c."id" FROM changed c
