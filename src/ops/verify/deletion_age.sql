-- How many seconds ago, by the database's clock, the thing of kind $1 with the id $2 was deleted.
SELECT extract(epoch FROM now() AT TIME ZONE 'UTC' - p."deletedAt")::int8 FROM "Product" p
 WHERE $1::text = 'product' AND p."id" = $2::int4
UNION ALL
SELECT extract(epoch FROM now() AT TIME ZONE 'UTC' - a."deletedAt")::int8 FROM "Asset" a
 WHERE $1::text = 'asset' AND a."id" = $2::int4
