-- How many products tenant $1 has in its list: exact, without a scan.
SELECT coalesce(sum(t."rows"), 0)::int8 AS "total" FROM "ListTotal" t
 WHERE t."userId" = $1::int4 AND t."kind" = 'product'
