-- A page of the products of tenant $1, sorted by the name of what $4 says they are linked to: categoryName, familyName or
-- attributeGroupName; $5 ascending. $2 rows after the first $3. It goes through the names in their order, reads the products
-- of each, and stops at the end of the page. Products without come last, or, descending, first.
-- It is planned for each execution: then $4 is a column, with its index.
WITH link AS MATERIALIZED (
    SELECT c."id", c."name" FROM live."Category" c WHERE c."userId" = $1::int4 AND $4::text = 'categoryName'
    UNION ALL
    SELECT f."id", f."name" FROM live."Family" f WHERE f."userId" = $1::int4 AND $4::text = 'familyName'
    UNION ALL
    SELECT g."id", g."name" FROM live."AttributeGroup" g WHERE g."userId" = $1::int4 AND $4::text = 'attributeGroupName'),
listed AS NOT MATERIALIZED (
    SELECT p."id", CASE $4::text WHEN 'categoryName' THEN p."categoryId" WHEN 'familyName' THEN p."familyId"
                                 ELSE p."attributeGroupId" END AS link
      FROM live."Product" p
     WHERE p."userId" = $1::int4 AND (p."parentProductId" IS NULL OR p."detachedBy" IS NOT NULL))
SELECT (SELECT coalesce(sum(t."rows"), 0)::int8 FROM "ListTotal" t
         WHERE t."userId" = $1::int4 AND t."kind" = 'product') AS "total",
       /* product_columns.part.sql */
  FROM (SELECT u."id", row_number() OVER () AS place
          FROM ((SELECT o."id" FROM (SELECT n."id", n."name" FROM link n ORDER BY n."name") k
                  CROSS JOIN LATERAL (SELECT l."id" FROM listed l WHERE l.link = k."id" OFFSET 0) o
                  WHERE $5::bool ORDER BY k."name", o."id" LIMIT $2::int4 + $3::int8)
                UNION ALL
                (SELECT l."id" FROM listed l WHERE NOT EXISTS (SELECT FROM link k WHERE k."id" = l.link)
                  ORDER BY CASE WHEN $5::bool THEN l."id" END, CASE WHEN NOT $5::bool THEN l."id" END DESC
                  LIMIT $2::int4 + $3::int8)
                UNION ALL
                (SELECT o."id" FROM (SELECT n."id", n."name" FROM link n ORDER BY n."name" DESC) k
                  CROSS JOIN LATERAL (SELECT l."id" FROM listed l WHERE l.link = k."id" OFFSET 0) o
                  WHERE NOT $5::bool ORDER BY k."name" DESC, o."id" DESC LIMIT $2::int4 + $3::int8)) u
         LIMIT $2::int4 OFFSET $3::int8) page
  JOIN live."Product" p ON p."id" = page."id"
 ORDER BY page.place
