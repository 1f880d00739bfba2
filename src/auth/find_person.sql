-- User $1, also one who left.
SELECT u."id", u."email", u."fullname", u."role"::text AS "role", u."ownerId", u."createdAt", u."password",
       u."deactivatedAt" IS NULL AS "isActive"
  FROM "User" u
 WHERE u."id" = $1::int4
