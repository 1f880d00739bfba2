/* product_columns.part.sql */,
       (SELECT ROW(o."id", o."name", o."sku", o."imageUrl", o."thumbnailUrl", o."status")
          FROM live."Product" o WHERE o."id" = p."parentProductId") AS "parentProduct",
       ARRAY(SELECT ROW(s."id", s."name", s."fileName", s."filePath", s."mimeType", s."uploadDate", s."size")
               FROM "ProductAsset" l JOIN live."Asset" s ON s."id" = l."assetId"
              WHERE l."productId" = p."id" ORDER BY l."id") AS "assets"
  FROM live."Product" p
