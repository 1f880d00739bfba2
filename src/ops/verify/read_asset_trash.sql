-- The assets of tenant $1 that were deleted last.
SELECT a."id", a."name", a."fileName", a."size", a."updatedAt" FROM "Asset" a WHERE a."userId" = $1::int4 AND a."isDeleted" ORDER BY a."deletedAt" DESC, a."id" DESC LIMIT 10
