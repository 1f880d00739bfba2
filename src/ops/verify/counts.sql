-- How much there is of products and assets: all, living, in the trash, and what reads of the program see.
SELECT 'products' AS what, count(*) AS total, count(*) FILTER (WHERE NOT p."isDeleted") AS active,
       count(*) FILTER (WHERE p."isDeleted") AS deleted, (SELECT count(*) FROM live."Product") AS seen
  FROM "Product" p
UNION ALL
SELECT 'assets', count(*), count(*) FILTER (WHERE NOT a."isDeleted"), count(*) FILTER (WHERE a."isDeleted"),
       (SELECT count(*) FROM live."Asset")
  FROM "Asset" a
