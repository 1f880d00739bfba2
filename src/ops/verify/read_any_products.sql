-- Ten living products of tenant $1: the query of the deployment guide.
SELECT p.* FROM "Product" p WHERE p."userId" = $1::int4 AND p."isDeleted" = false LIMIT 10
