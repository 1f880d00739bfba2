-- What verifications made, by the beginning of its name ($1, a pattern): kind, id, whether it is in the trash.
SELECT 'product' AS kind, p."id", p."isDeleted" FROM "Product" p WHERE p."sku" LIKE $1::text
UNION ALL
SELECT 'asset', a."id", a."isDeleted" FROM "Asset" a WHERE a."name" LIKE $1::text
