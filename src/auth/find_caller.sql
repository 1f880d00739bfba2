-- Who is user $1 with a token of version $4, and may they do action $3 on resource $2 (empty: a log-in is enough)?
-- No row: there is no such user, they or their owner left, or their sessions were ended.
SELECT u."id", u."role"::text AS "role", u."ownerId",
       u."role" <> 'STAFF' OR $2::text = ''
           OR EXISTS (SELECT FROM "UserPermission" g
                       WHERE g."userId" = u."id" AND g."resource" = $2::text AND g."action" = $3::text AND g."granted")
           AS "isAllowed",
       EXISTS (SELECT FROM "TrashOff") AS "trashIsOff"
  FROM "User" u
 WHERE u."id" = $1::int4 AND u."tokenVersion" = $4::int4 AND u."deactivatedAt" IS NULL
   AND NOT EXISTS (SELECT FROM "User" o WHERE o."id" = u."ownerId" AND o."deactivatedAt" IS NOT NULL)
