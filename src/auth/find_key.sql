-- The tenant that the key with the hash $1 belongs to, and may it do action $3 on resource $2? No row: it opens nothing.
SELECT u."id", coalesce(k."createdBy", u."id") AS "actorId",
       '*' = ANY (k."scopes") OR $2::text || ':' || $3::text = ANY (k."scopes") AS "isAllowed",
       k."lastUsedAt" IS NULL OR k."lastUsedAt" < now() AT TIME ZONE 'UTC' - interval '1 minute' AS "isUnnoted",
       EXISTS (SELECT FROM "TrashOff") AS "trashIsOff"
  FROM "ApiKey" k
  JOIN "User" u ON u."id" = k."userId" AND u."deactivatedAt" IS NULL
 WHERE k."keyHash" = $1::text AND k."revokedAt" IS NULL
   AND (k."expiresAt" IS NULL OR k."expiresAt" > now() AT TIME ZONE 'UTC')
