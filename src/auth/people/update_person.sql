-- Changes the active account $1 where it belongs to owner $2 (NULL: it is an owner itself): e-mail $3, full name $4,
-- password hash $5; NULL leaves each as it is. A new password ends the sessions. By $6, request $7.
WITH changed AS (
    UPDATE "User" u
       SET "email" = coalesce($3::text, u."email"), "fullname" = coalesce($4::text, u."fullname"),
           "password" = coalesce($5::text, u."password"),
           "tokenVersion" = u."tokenVersion" + ($5::text IS NOT NULL)::int4
     WHERE u."id" = $1::int4 AND u."deactivatedAt" IS NULL AND u."ownerId" IS NOT DISTINCT FROM $2::int4
       AND u."role" = CASE WHEN $2::int4 IS NULL THEN 'OWNER' ELSE 'STAFF' END::"Role"
    RETURNING u."id", u."email", u."fullname", u."role"::text AS "role", u."ownerId", u."createdAt"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT coalesce(c."ownerId", c."id"), $6::int4, 'account.update', 'account', c."id", $7::text,
           jsonb_build_object('email', $3::text IS NOT NULL, 'fullname', $4::text IS NOT NULL, 'password', $5::text IS NOT NULL)
      FROM changed c)
SELECT c."id", c."email", c."fullname", c."role", c."ownerId", c."createdAt" FROM changed c
