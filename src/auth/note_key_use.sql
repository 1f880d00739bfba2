-- The key with the hash $1 is used now; noted once a minute.
UPDATE "ApiKey" SET "lastUsedAt" = now() AT TIME ZONE 'UTC'
 WHERE "keyHash" = $1::text
   AND ("lastUsedAt" IS NULL OR "lastUsedAt" < now() AT TIME ZONE 'UTC' - interval '1 minute')
RETURNING "id"
