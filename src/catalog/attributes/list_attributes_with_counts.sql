-- A page of the living attributes of tenant $1 by name: $2 after the first $3, each with the number of living products that
-- carry it, and how many attributes there are.
WITH page AS MATERIALIZED (
    SELECT n."id", lower(n."name") AS key FROM live."Attribute" n
     WHERE n."userId" = $1::int4 ORDER BY lower(n."name"), n."id" LIMIT $2::int4 OFFSET $3::int8),
carried AS MATERIALIZED (
    SELECT v."attributeId", count(*) AS products
      FROM "ProductAttribute" v JOIN live."Product" p ON p."id" = v."productId"
     WHERE p."userId" = $1::int4 AND v."attributeId" = ANY (ARRAY(SELECT n."id" FROM page n))
     GROUP BY v."attributeId")
SELECT (SELECT count(*) FROM live."Attribute" t WHERE t."userId" = $1::int4) AS "total",
       ARRAY(SELECT ROW(/* attribute_record.part.sql */, coalesce(c.products, 0))
               FROM page
               JOIN live."Attribute" a ON a."id" = page."id"
               LEFT JOIN carried c ON c."attributeId" = a."id"
              ORDER BY page.key, page."id") AS "items"
