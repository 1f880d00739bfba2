-- The products of tenant $1 that were deleted last.
SELECT p."id", p."name", p."sku", p."status", p."updatedAt" FROM "Product" p WHERE p."userId" = $1::int4 AND p."isDeleted" ORDER BY p."deletedAt" DESC, p."id" DESC LIMIT 10
