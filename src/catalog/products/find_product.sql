-- One living product of tenant $1, whole: by its id ($2) or, where that is NULL, by its SKU ($3).
SELECT /* product_columns.part.sql */,
       (SELECT ROW(o."id", o."name", o."sku", o."imageUrl", o."thumbnailUrl", o."status")
          FROM live."Product" o WHERE o."id" = p."parentProductId") AS "parentProduct",
       ARRAY(SELECT ROW(s."id", s."name", s."fileName", s."filePath", s."mimeType", s."uploadDate", s."size")
               FROM "ProductAsset" l JOIN live."Asset" s ON s."id" = l."assetId"
              WHERE l."productId" = p."id" ORDER BY l."id") AS "assets"
  FROM live."Product" p
 WHERE p."userId" = $1::int4
   AND p."id" = coalesce($2::int4, (SELECT k."id" FROM live."Product" k
                                     WHERE k."userId" = $1::int4 AND k."sku" = $3::text))
