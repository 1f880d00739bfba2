-- The newest assets of tenant $1 that are in no group.
SELECT a."id", a."name", a."fileName", a."size", a."updatedAt" FROM live."Asset" a WHERE a."userId" = $1::int4 AND a."assetGroupId" IS NULL
 ORDER BY a."createdAt" DESC, a."id" DESC LIMIT 10
