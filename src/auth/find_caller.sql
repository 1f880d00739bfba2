-- Who is user $1, and may they do action $3 on resource $2 (empty: a log-in is enough)? No row: no such user.
SELECT u."id", u."role"::text AS "role", u."ownerId", u."email", u."fullname", u."createdAt",
       u."role" <> 'STAFF' OR $2::text = ''
           OR EXISTS (SELECT FROM "UserPermission" g
                       WHERE g."userId" = u."id" AND g."resource" = $2::text AND g."action" = $3::text AND g."granted")
           AS "isAllowed"
  FROM "User" u
 WHERE u."id" = $1::int4
