-- A page of the products of tenant $1 that match, sorted by their values of an attribute ($18 its id, or $19 its name);
-- $2 to $17 are those of search_products, but that there is no row to begin after. It reads the values in their order
-- and stops at the end of the page; those that have none follow, the newest first.
WITH sorting AS MATERIALIZED (
    SELECT CASE WHEN t.is_number THEN a."id" END AS number_id, CASE WHEN NOT t.is_number THEN a."id" END AS text_id
      FROM live."Attribute" a
     CROSS JOIN LATERAL (SELECT a."type" IN ('INTEGER', 'NUMBER', 'FLOAT', 'DECIMAL', 'CURRENCY', 'PERCENTAGE') AS is_number) t
     WHERE a."userId" = $1::int4 AND (a."id" = $18::int4 OR a."name" = $19::text)
       AND $4::timestamp IS NULL AND $5::int4 IS NULL),
hits AS NOT MATERIALIZED (
    /* matching_products.part.sql */
)
SELECT /* matching_total.part.sql */,
       /* product_columns.part.sql */
  FROM (SELECT u."id", row_number() OVER () AS place
          FROM ((SELECT h."id" FROM "ProductAttribute" v JOIN hits h ON h."id" = v."productId"
                  WHERE $16::bool AND v."attributeId" = (SELECT s.number_id FROM sorting s)
                    AND attribute_number(v."value") IS NOT NULL
                  ORDER BY attribute_number(v."value"), v."productId" LIMIT $2::int4 + $3::int8)
                UNION ALL
                (SELECT h."id" FROM "ProductAttribute" v JOIN hits h ON h."id" = v."productId"
                  WHERE NOT $16::bool AND v."attributeId" = (SELECT s.number_id FROM sorting s)
                    AND attribute_number(v."value") IS NOT NULL
                  ORDER BY attribute_number(v."value") DESC, v."productId" DESC LIMIT $2::int4 + $3::int8)
                UNION ALL
                (SELECT h."id" FROM "ProductAttribute" v JOIN hits h ON h."id" = v."productId"
                  WHERE $16::bool AND v."attributeId" = (SELECT s.text_id FROM sorting s)
                    AND (lower(left(v."value", 64)) COLLATE "C") > ''
                  ORDER BY (lower(left(v."value", 64)) COLLATE "C"), v."productId" LIMIT $2::int4 + $3::int8)
                UNION ALL
                (SELECT h."id" FROM "ProductAttribute" v JOIN hits h ON h."id" = v."productId"
                  WHERE NOT $16::bool AND v."attributeId" = (SELECT s.text_id FROM sorting s)
                    AND (lower(left(v."value", 64)) COLLATE "C") > ''
                  ORDER BY (lower(left(v."value", 64)) COLLATE "C") DESC, v."productId" DESC LIMIT $2::int4 + $3::int8)
                UNION ALL
                (SELECT h."id" FROM hits h
                  WHERE EXISTS (SELECT FROM sorting)
                    AND NOT EXISTS (SELECT FROM "ProductAttribute" v
                                     WHERE v."productId" = h."id"
                                       AND (v."attributeId" = (SELECT s.number_id FROM sorting s)
                                            AND attribute_number(v."value") IS NOT NULL
                                            OR v."attributeId" = (SELECT s.text_id FROM sorting s) AND v."value" <> ''))
                  ORDER BY h."createdAt" DESC, h."id" DESC LIMIT $2::int4 + $3::int8)) u
         LIMIT $2::int4 OFFSET $3::int8) page
  JOIN live."Product" p ON p."id" = page."id"
 ORDER BY page.place
