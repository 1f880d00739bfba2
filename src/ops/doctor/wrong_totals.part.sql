-- The totals of lists as they are kept, and as they are.
counted AS (
    SELECT p."userId", CASE WHEN p."isDeleted" THEN 'product.trash' ELSE 'product' END AS kind, count(*) AS rows
      FROM "Product" p
     WHERE p."isDeleted" OR product_is_listed(p."isDeleted", p."parentProductId", p."detachedBy")
     GROUP BY 1, 2),
kept AS (SELECT t."userId", t."kind" AS kind, sum(t."rows") AS rows FROM "ListTotal" t WHERE t."kind" IN ('product', 'product.trash') GROUP BY 1, 2),
wrong AS MATERIALIZED (
    SELECT coalesce(c."userId", k."userId") AS tenant, coalesce(c.kind, k.kind) AS kind,
           coalesce(k.rows, 0) AS kept, coalesce(c.rows, 0) AS counted
      FROM counted c FULL JOIN kept k ON k."userId" = c."userId" AND k.kind = c.kind
     WHERE coalesce(c.rows, 0) <> coalesce(k.rows, 0))
