-- Who is user $1 with a token of version $4, and on which of the resources $2 may they do action $3? A bit for each, in their
-- order. No row: there is no such user, they or their owner left, or their sessions were ended.
SELECT u."id", u."role"::text AS "role", u."ownerId",
       (SELECT coalesce(sum(1 << (r.place::int4 - 1)), 0)::int4
          FROM unnest($2::text[]) WITH ORDINALITY r (name, place)
         WHERE u."role" <> 'STAFF'
            OR EXISTS (SELECT FROM "UserPermission" g
                        WHERE g."userId" = u."id" AND g."resource" = r.name AND g."action" = $3::text AND g."granted"))
           AS "granted",
       EXISTS (SELECT FROM "TrashOff") AS "trashIsOff"
  FROM "User" u
 WHERE u."id" = $1::int4 AND u."tokenVersion" = $4::int4 AND u."deactivatedAt" IS NULL
   AND NOT EXISTS (SELECT FROM "User" o WHERE o."id" = u."ownerId" AND o."deactivatedAt" IS NOT NULL)
