absent AS MATERIALIZED (
    SELECT a."id"
      FROM unnest($23::int4[], $24::text[]) AS e (id, name)
      LEFT JOIN live."Attribute" a ON a."userId" = $1::int4 AND (a."id" = e.id OR a."name" = e.name)),
condition AS MATERIALIZED (
    SELECT a."id", c.operator, CASE WHEN a."type" = 'BOOLEAN' THEN coalesce(b.canonical, c.low) ELSE c.low END AS low,
           CASE WHEN a."type" = 'DATETIME' AND length(c.high) = 10 THEN c.high || '~' ELSE c.high END AS high,
           CASE WHEN a."type" IN ('INTEGER', 'NUMBER', 'FLOAT', 'DECIMAL', 'CURRENCY', 'PERCENTAGE') THEN 'number'
                WHEN a."type" = 'ARRAY' THEN 'list' ELSE 'text' END AS kind,
           '%' || replace(replace(replace(lower(c.low), '\', '\\'), '%', '\%'), '_', '\_') || '%' AS pattern
      FROM unnest($18::int4[], $19::text[], $20::text[], $21::text[], $22::text[]) AS c (id, name, operator, low, high)
      LEFT JOIN live."Attribute" a ON a."userId" = $1::int4 AND (a."id" = c.id OR a."name" = c.name)
      CROSS JOIN LATERAL attribute_value(a."type", NULL, c.low) b),
-- The products that meet all of them: each condition by its own index. A day as the upper bound of times is all of it.
met AS MATERIALIZED (
    SELECT m.id
      FROM (SELECT f."productId" AS id
              FROM condition c
             CROSS JOIN LATERAL (
                   SELECT v."productId" FROM "ProductAttribute" v
                    WHERE c.operator = 'is' AND c.kind = 'text' AND v."attributeId" = c."id"
                      AND (lower(left(v."value", 64)) COLLATE "C") = lower(left(c.low, 64))
                      AND (length(c.low) < 64 OR lower(v."value") = lower(c.low))
                   UNION ALL
                   SELECT v."productId" FROM "ProductAttribute" v
                    WHERE c.operator = 'is' AND c.kind = 'number' AND v."attributeId" = c."id"
                      AND attribute_number(v."value") = attribute_number(c.low)
                   UNION ALL
                   SELECT v."productId" FROM "ProductAttribute" v
                    WHERE c.operator = 'is' AND c.kind = 'list' AND v."attributeId" + 0 = c."id"
                      AND length(v."value") <= 256 AND lower(left(v."value", 256)) LIKE c.pattern
                      AND CASE WHEN v."value" ~ '^\[[^][{}\\]*\]$' AND c.low !~ '["\\]'  -- a plain list need not be taken apart
                               THEN strpos(lower(v."value"), '"' || lower(c.low) || '"') > 0
                               ELSE lower(c.low) IN (SELECT lower(i) FROM unnest(attribute_items(v."value")) i) END
                   UNION ALL
                   SELECT v."productId" FROM "ProductAttribute" v
                    WHERE c.operator = 'is' AND c.kind = 'list' AND v."attributeId" = c."id"
                      AND length(v."value") > 256
                      AND lower(c.low) IN (SELECT lower(i) FROM unnest(attribute_items(v."value")) i)
                   UNION ALL
                   SELECT v."productId" FROM "ProductAttribute" v
                    WHERE c.operator = 'contains' AND v."attributeId" + 0 = c."id"
                      AND length(v."value") <= 256 AND lower(left(v."value", 256)) LIKE c.pattern
                   UNION ALL
                   SELECT v."productId" FROM "ProductAttribute" v
                    WHERE c.operator = 'contains' AND v."attributeId" = c."id"
                      AND length(v."value") > 256 AND lower(v."value") LIKE c.pattern
                   UNION ALL
                   SELECT v."productId" FROM "ProductAttribute" v
                    WHERE c.operator IN ('[]', '(]', '[)', '()') AND c.kind = 'number' AND v."attributeId" = c."id"
                      AND attribute_number(v."value") >= CASE WHEN c.low IS NULL THEN '-infinity' ELSE attribute_number(c.low) END
                      AND attribute_number(v."value") <= CASE WHEN c.high IS NULL THEN 'infinity' ELSE attribute_number(c.high) END
                      AND (c.operator LIKE '[%' OR attribute_number(v."value") > attribute_number(c.low))
                      AND (c.operator LIKE '%]' OR attribute_number(v."value") < attribute_number(c.high))
                   UNION ALL
                   SELECT v."productId" FROM "ProductAttribute" v
                    WHERE c.operator IN ('[]', '(]', '[)', '()') AND c.kind <> 'number' AND v."attributeId" = c."id"
                      AND (lower(left(v."value", 64)) COLLATE "C") >= coalesce(lower(left(c.low, 64)), '')
                      AND (lower(left(v."value", 64)) COLLATE "C") <= coalesce(lower(left(c.high, 64)), U&'\+10FFFF')
                      AND (c.operator LIKE '[%' OR (lower(v."value") COLLATE "C") > lower(c.low))
                      AND (c.operator LIKE '%]' OR (lower(v."value") COLLATE "C") < lower(c.high))
                   UNION ALL
                   SELECT v."productId" FROM "ProductAttribute" v
                    WHERE c.operator = 'filled' AND v."attributeId" = c."id"
                      AND (lower(left(v."value", 64)) COLLATE "C") > '') f
             GROUP BY 1
            HAVING count(*) = cardinality($18::int4[])) m),
-- Where variants are not listed themselves, a product is found by those that it has. As one array of ids they are read in the
-- order of the index, however many they are: one by one they would be read all over the table.
matched AS MATERIALIZED (
    SELECT array_agg(DISTINCT CASE WHEN NOT $6::bool AND v."parentProductId" IS NOT NULL AND v."detachedBy" IS NULL
                                   THEN v."parentProductId" ELSE v."id" END) AS ids
      FROM live."Product" v
     WHERE v."userId" = $1::int4 AND v."id" = ANY (ARRAY(SELECT m.id FROM met m)))
