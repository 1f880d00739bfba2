-- What is below `start`, and how many living products are in each of it: here, and here or further below, where a product
-- that is in several counts once.
node AS (
    SELECT s."id", NULL::int4 AS above, 0 AS level FROM start s
    UNION
    SELECT c."id", n."id", n.level + 1 FROM node n JOIN live."Category" c ON c."parentCategoryId" = n."id"
     WHERE c."userId" = $1::int4 AND n.level < 1000),
-- Each of them with itself and with each that it is below.
line AS (
    SELECT n."id", n."id" AS top FROM node n
    UNION
    SELECT l."id", n.above FROM line l JOIN node n ON n."id" = l.top WHERE n.above IS NOT NULL),
-- A product has one first category, so that these can be added up; further ones are counted only where the first is not
-- in the same tree.
first AS MATERIALIZED (
    SELECT p."categoryId" AS "id", count(*) AS products FROM live."Product" p
     WHERE p."userId" = $1::int4 AND p."categoryId" IN (SELECT n."id" FROM node n)
     GROUP BY 1),
further AS MATERIALIZED (
    SELECT m."categoryId" AS "id", p."id" AS product, p."categoryId" AS first
      FROM live."Product" p JOIN "ProductCategory" m ON m."productId" = p."id"
     WHERE p."userId" = $1::int4 AND m."categoryId" IN (SELECT n."id" FROM node n)
       AND m."categoryId" IS DISTINCT FROM p."categoryId"),
counted AS (
    SELECT t."id", sum(t.here)::int8 AS here, sum(t.below)::int8 AS below
      FROM (SELECT f."id", f.products AS here, 0 AS below FROM first f
            UNION ALL
            SELECT f."id", count(*), 0 FROM further f GROUP BY 1
            UNION ALL
            SELECT l.top, 0, sum(f.products) FROM line l JOIN first f ON f."id" = l."id" GROUP BY 1
            UNION ALL
            SELECT l.top, 0, count(DISTINCT f.product) FROM line l JOIN further f ON f."id" = l."id"
             WHERE NOT EXISTS (SELECT FROM line o WHERE o."id" = f.first AND o.top = l.top)
             GROUP BY 1) t
     GROUP BY 1)
