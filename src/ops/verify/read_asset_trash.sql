-- The assets of tenant $1 that were deleted last.
SELECT a.* FROM "Asset" a WHERE a."userId" = $1::int4 AND a."isDeleted" ORDER BY a."deletedAt" DESC, a."id" DESC LIMIT 10
