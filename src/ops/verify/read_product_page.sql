-- The newest products of tenant $1, as GET /products lists them.
SELECT p."id", p."name", p."sku", p."status", p."updatedAt" FROM live."Product" p
 WHERE p."userId" = $1::int4 AND (p."parentProductId" IS NULL OR p."detachedBy" IS NOT NULL)
 ORDER BY p."createdAt" DESC, p."id" DESC LIMIT 10
