-- User $1 has the password hash $3 from now on, unless it was changed meanwhile ($2: the old hash). Sessions end. $4 request.
WITH changed AS (
    UPDATE "User" u SET "password" = $3::text, "tokenVersion" = u."tokenVersion" + 1
     WHERE u."id" = $1::int4 AND u."password" = $2::text AND u."deactivatedAt" IS NULL
    RETURNING u."id", u."email", u."fullname", NULL::text AS "password", u."role"::text AS "role", u."ownerId", u."createdAt",
              u."tokenVersion"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId")
    SELECT coalesce(c."ownerId", c."id"), c."id", 'account.change_password', 'account', c."id", $4::text FROM changed c)
SELECT c."id", c."email", c."fullname", c."password", c."role", c."ownerId", c."createdAt", c."tokenVersion" FROM changed c
