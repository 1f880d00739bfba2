-- How many products there are, and how many products and assets are in the trash. (A database from before the trash has no
-- "isDeleted": there the name leads to `absent`.)
SELECT (SELECT count(*) FROM "Product"),
       (SELECT count(*) FROM (VALUES (false)) AS absent ("isDeleted"), LATERAL (SELECT "id" FROM "Product" WHERE "isDeleted") p)
       + (SELECT count(*) FROM (VALUES (false)) AS absent ("isDeleted"), LATERAL (SELECT "id" FROM "Asset" WHERE "isDeleted") a)
