-- What is below `start`, and how many living products are in each of it: here, and here or further below, where a product
-- that is in several counts once. Most products are in one category: those are counted by category, in an index. Of the
-- others, the categories of a product are looked at one after the other, in the order of a walk through the trees: each adds
-- the product to those on the line to it that are not on the line to the one before. Those have it already.
node AS (
    SELECT s."id", NULL::int4 AS above, 0 AS level, ARRAY[s."id"] AS line FROM start s
    UNION ALL
    SELECT c."id", n."id", n.level + 1, n.line || c."id"
      FROM node n
     CROSS JOIN LATERAL (SELECT b."id" FROM live."Category" b
                          WHERE b."userId" = $1::int4 AND b."parentCategoryId" = n."id" OFFSET 0) c  -- by the index, however deep
     WHERE c."id" <> ALL (n.line) AND n.level < 1000),
numbered AS MATERIALIZED (
    SELECT n."id", n.line, row_number() OVER (ORDER BY n.line)::int4 AS number FROM node n),
shared AS MATERIALIZED (
    SELECT DISTINCT m."productId" AS product FROM node n JOIN "ProductCategory" m ON m."categoryId" = n."id"),
member AS (
    SELECT p."id" AS product, n.number
      FROM shared s JOIN live."Product" p ON p."id" = s.product JOIN numbered n ON n."id" = p."categoryId"
     WHERE p."userId" = $1::int4
    UNION ALL
    SELECT p."id", n.number
      FROM numbered n JOIN "ProductCategory" m ON m."categoryId" = n."id" JOIN live."Product" p ON p."id" = m."productId"
     WHERE p."userId" = $1::int4 AND p."categoryId" IS DISTINCT FROM n."id"),
step AS (
    SELECT t.before, t.number, count(*) AS products
      FROM (SELECT m.number, lag(m.number) OVER (PARTITION BY m.product ORDER BY m.number) AS before FROM member m) t
     GROUP BY 1, 2),
met AS (
    SELECT n.line, k.had, t.products
      FROM step t JOIN numbered n ON n.number = t.number LEFT JOIN numbered b ON b.number = t.before
     CROSS JOIN LATERAL (SELECT count(*)::int4 AS had FROM unnest(b.line, n.line) AS x (a, b) WHERE x.a = x.b) k
    UNION ALL
    SELECT n.line, 0, p.products
      FROM (SELECT q."categoryId", count(*) AS products FROM live."Product" q
             WHERE q."userId" = $1::int4 AND q."categoryId" = ANY (ARRAY(SELECT n."id" FROM node n))
               AND q."id" NOT IN (SELECT s.product FROM shared s)
             GROUP BY 1) p
      JOIN node n ON n."id" = p."categoryId"),
counted AS (
    SELECT x."id", max(x.above) AS above, max(x.level) AS level, sum(x.here)::int8 AS here, sum(x.below)::int8 AS below
      FROM (SELECT n."id", n.above, n.level, 0 AS here, 0 AS below FROM node n
            UNION ALL
            SELECT u."id", NULL, NULL, CASE WHEN u."id" = t.line[cardinality(t.line)] THEN t.products ELSE 0 END, t.products
              FROM met t CROSS JOIN LATERAL unnest(t.line[t.had + 1:]) AS u ("id")) x
     GROUP BY 1)
