-- Living variants of parents that are in the trash, as the replaced service left them: how many, and the first $1.
SELECT count(*) OVER () AS total, format('product %s is a living variant of %s, which is in the trash', v."id", v."parentProductId") AS what
  FROM (VALUES (false)) AS absent ("isDeleted"),
       LATERAL (SELECT "id", "parentProductId" FROM "Product" WHERE NOT "isDeleted" AND "parentProductId" IS NOT NULL) v,
       LATERAL (SELECT "id" FROM "Product" WHERE "isDeleted") p
 WHERE p."id" = v."parentProductId" ORDER BY v."id" LIMIT $1::int4
