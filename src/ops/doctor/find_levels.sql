-- Variants of variants, and products that are their own parent: how many, and the first $1.
SELECT count(*) OVER () AS total,
       format('product %s (%s) is %s', v."id", v."sku",
              CASE WHEN v."parentProductId" = v."id" THEN 'its own parent' ELSE format('a variant of the variant %s', p."id") END) AS what
  FROM "Product" v JOIN "Product" p ON p."id" = v."parentProductId" AND (p."parentProductId" IS NOT NULL OR p."id" = v."id")
 ORDER BY v."id" LIMIT $1::int4
