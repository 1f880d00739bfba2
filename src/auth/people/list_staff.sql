-- The staff of owner $1, the newest first; those who left only where $2 says so.
SELECT u."id", u."email", u."fullname", u."role"::text AS "role", u."ownerId", u."createdAt"
  FROM "User" u
 WHERE u."ownerId" = $1::int4 AND u."role" = 'STAFF' AND (u."deactivatedAt" IS NOT NULL) = $2::bool
 ORDER BY u."createdAt" DESC, u."id" DESC
