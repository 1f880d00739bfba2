-- The account with the e-mail $1, without regard to case. People who left have none.
SELECT u."id", u."email", u."fullname", u."password", u."role"::text AS "role", u."ownerId", u."createdAt",
       u."tokenVersion"
  FROM "User" u
 WHERE lower(u."email") = lower($1::text) AND u."deactivatedAt" IS NULL
   AND NOT EXISTS (SELECT FROM "User" o WHERE o."id" = u."ownerId" AND o."deactivatedAt" IS NOT NULL)
