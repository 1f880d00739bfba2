-- How many products of tenant $1 are in the trash: exact, without a scan.
SELECT coalesce(sum(t."rows"), 0)::int8 AS "total" FROM "ListTotal" t
 WHERE t."userId" = $1::int4 AND t."kind" = 'product.trash'
