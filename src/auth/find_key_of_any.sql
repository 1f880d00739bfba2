-- The tenant that the key with the hash $1 belongs to, and on which of the resources $2 may it do action $3? A bit for each, in
-- their order. No row: it opens nothing.
SELECT u."id", coalesce(k."createdBy", u."id") AS "actorId",
       (SELECT coalesce(sum(1 << (r.place::int4 - 1)), 0)::int4
          FROM unnest($2::text[]) WITH ORDINALITY r (name, place)
         WHERE '*' = ANY (k."scopes") OR r.name || ':' || $3::text = ANY (k."scopes")) AS "granted",
       k."lastUsedAt" IS NULL OR k."lastUsedAt" < now() AT TIME ZONE 'UTC' - interval '1 minute' AS "isUnnoted",
       EXISTS (SELECT FROM "TrashOff") AS "trashIsOff"
  FROM "ApiKey" k
  JOIN "User" u ON u."id" = k."userId" AND u."deactivatedAt" IS NULL
 WHERE k."keyHash" = $1::text AND k."revokedAt" IS NULL
   AND (k."expiresAt" IS NULL OR k."expiresAt" > now() AT TIME ZONE 'UTC')
