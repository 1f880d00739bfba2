-- A page of the products of tenant $1, newest first: $2 rows after the first $3, or after the row with creation
-- time $4 and id $5 (NULL: from the start). Variants are not listed, but for those whose parent is in the trash.
-- Planned once: the numbers are hidden from the planner, who would make a plan for them each time, which is the same and
-- takes as long as the page; and few ids are expected of an array, so that they are looked up, how large the table may be.
SELECT (SELECT coalesce(sum(t."rows"), 0)::int8 FROM "ListTotal" t
         WHERE t."userId" = $1::int4 AND t."kind" = 'product') AS "total",
       /* product_columns.part.sql */
  FROM live."Product" p
 WHERE p."userId" = $1::int4 AND p."id" = ANY (ARRAY(
           SELECT l."id" FROM live."Product" l
            WHERE l."userId" = $1::int4 AND (l."parentProductId" IS NULL OR l."detachedBy" IS NOT NULL)
              AND (l."createdAt", l."id") < (coalesce($4::timestamp, 'infinity'), coalesce($5::int4, 2147483647))
            ORDER BY l."createdAt" DESC, l."id" DESC LIMIT (SELECT $2::int4) OFFSET (SELECT $3::int8)))
 ORDER BY p."createdAt" DESC, p."id" DESC
