-- One living product of tenant $1, whole: by its SKU $2.
SELECT /* product_detail.part.sql */
 WHERE p."userId" = $1::int4
   AND p."id" = (SELECT k."id" FROM live."Product" k WHERE k."userId" = $1::int4 AND k."sku" = $2::text)
