-- Texts that other living products than $2 of tenant $1 have as their value of attribute $3, and that begin with $4 in any
-- case: at most $5, each once. It jumps along the index from one text to the next, however many products have the same.
-- One row: do attribute and product exist, and the texts.
WITH RECURSIVE bounds AS (
    SELECT a."id" AS attribute_id, lower(left($4::text, 64)) COLLATE "C" AS low,
           (lower(left($4::text, 64)) || chr(1114111)) COLLATE "C" AS high
      FROM live."Attribute" a WHERE a."userId" = $1::int4 AND a."id" = $3::int4),
found (key, text, number) AS (
    SELECT n.key, n.text, 1
      FROM bounds b
     CROSS JOIN LATERAL (
         SELECT lower(left(v."value", 64)) COLLATE "C" AS key, v."value" AS text
           FROM "ProductAttribute" v JOIN live."Product" p ON p."id" = v."productId"
          WHERE v."attributeId" = b.attribute_id AND p."userId" = $1::int4 AND p."id" <> $2::int4
            AND lower(left(v."value", 64)) COLLATE "C" >= b.low AND lower(left(v."value", 64)) COLLATE "C" < b.high
            AND (length($4::text) <= 64 OR starts_with(lower(v."value"), lower($4::text)))
          ORDER BY lower(left(v."value", 64)) COLLATE "C" LIMIT 1) n
    UNION ALL
    SELECT n.key, n.text, f.number + 1
      FROM found f
     CROSS JOIN bounds b
     CROSS JOIN LATERAL (
         SELECT lower(left(v."value", 64)) COLLATE "C" AS key, v."value" AS text
           FROM "ProductAttribute" v JOIN live."Product" p ON p."id" = v."productId"
          WHERE v."attributeId" = b.attribute_id AND p."userId" = $1::int4 AND p."id" <> $2::int4
            AND lower(left(v."value", 64)) COLLATE "C" > f.key AND lower(left(v."value", 64)) COLLATE "C" < b.high
            AND (length($4::text) <= 64 OR starts_with(lower(v."value"), lower($4::text)))
          ORDER BY lower(left(v."value", 64)) COLLATE "C" LIMIT 1) n
     WHERE f.number < $5::int4)
SELECT EXISTS (SELECT FROM bounds) AS "attributeFound",
       EXISTS (SELECT FROM live."Product" p WHERE p."userId" = $1::int4 AND p."id" = $2::int4) AS "productFound",
       ARRAY(SELECT f.text FROM found f ORDER BY f.number) AS "texts"
