-- What is below `start`, and how many living products are in each of it: here, and here or further below, where a product
-- that is in several counts once. Numbered in the order of a walk through the trees, where what is below a category comes
-- right behind it, the categories of a product are looked at one after the other: each adds the product to those on the
-- line to it that begin behind the one before. The others have it already.
node AS (
    SELECT s."id", NULL::int4 AS above, 0 AS level, ARRAY[s."id"] AS line FROM start s
    UNION ALL
    SELECT c."id", n."id", n.level + 1, n.line || c."id"
      FROM node n JOIN live."Category" c ON c."parentCategoryId" = n."id"
     WHERE c."userId" = $1::int4 AND c."id" <> ALL (n.line) AND n.level < 1000),
numbered AS MATERIALIZED (
    SELECT n."id", n.line, row_number() OVER (ORDER BY n.line)::int4 AS number FROM node n),
walk AS MATERIALIZED (
    SELECT n."id", n.line, n.number, array_agg(a.number ORDER BY a.number) AS numbers
      FROM numbered n CROSS JOIN LATERAL unnest(n.line) AS u ("id") JOIN numbered a ON a."id" = u."id"
     GROUP BY 1, 2, 3),
member AS MATERIALIZED (
    SELECT p."id" AS product, w.number
      FROM walk w JOIN live."Product" p ON p."categoryId" = w."id"
     WHERE p."userId" = $1::int4
    UNION ALL
    SELECT p."id", w.number
      FROM walk w JOIN "ProductCategory" m ON m."categoryId" = w."id" JOIN live."Product" p ON p."id" = m."productId"
     WHERE p."userId" = $1::int4 AND p."categoryId" IS DISTINCT FROM w."id"),
met AS (
    SELECT t.number, coalesce(width_bucket(t.before, w.numbers), 0) AS had, count(*) AS products
      FROM (SELECT m.number, lag(m.number) OVER (PARTITION BY m.product ORDER BY m.number) AS before FROM member m) t
      JOIN walk w ON w.number = t.number
     GROUP BY 1, 2),
counted AS (
    SELECT u."id", coalesce(sum(t.products) FILTER (WHERE u."id" = w."id"), 0)::int8 AS here, sum(t.products)::int8 AS below
      FROM met t JOIN walk w ON w.number = t.number CROSS JOIN LATERAL unnest(w.line[t.had + 1:]) AS u ("id")
     GROUP BY 1)
