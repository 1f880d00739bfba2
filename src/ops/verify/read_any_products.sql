-- Ten living products of tenant $1: the query of the deployment guide.
SELECT p."id", p."name", p."sku", p."status", p."updatedAt" FROM "Product" p WHERE p."userId" = $1::int4 AND p."isDeleted" = false LIMIT 10
