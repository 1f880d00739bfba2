-- A page of the products of tenant $1, newest first: $2 rows after the first $3, or after the row with creation
-- time $4 and id $5 (NULL: from the start). Variants are not listed, but for those whose parent is in the trash.
SELECT (SELECT coalesce(sum(t."rows"), 0)::int8 FROM "ListTotal" t
         WHERE t."userId" = $1::int4 AND t."kind" = 'product') AS "total",
       /* product_columns.part.sql */
  FROM (SELECT l."id" FROM live."Product" l
         WHERE l."userId" = $1::int4 AND (l."parentProductId" IS NULL OR l."detachedBy" IS NOT NULL)
           AND (l."createdAt", l."id") < (coalesce($4::timestamp, 'infinity'), coalesce($5::int4, 2147483647))
         ORDER BY l."createdAt" DESC, l."id" DESC LIMIT $2::int4 OFFSET $3::int8) page
  JOIN live."Product" p ON p."id" = page."id"
 ORDER BY p."createdAt" DESC, p."id" DESC
