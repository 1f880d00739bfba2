-- The keys of tenant $1, the newest first. Those that were revoked or ran out stay to be seen for 90 days.
SELECT k."id", k."name", k."prefix", k."scopes", k."createdAt", k."lastUsedAt", k."expiresAt", k."revokedAt"
  FROM "ApiKey" k
 WHERE k."userId" = $1::int4
   AND coalesce(k."revokedAt", k."expiresAt", 'infinity') > now() AT TIME ZONE 'UTC' - interval '90 days'
 ORDER BY k."id" DESC LIMIT 1000
