-- Acts on many rows that still go on, of all tenants, the oldest first.
SELECT b."id", b."userId" AS "tenant" FROM "BulkAct" b WHERE b."state" = 'running' ORDER BY b."id" LIMIT 100
