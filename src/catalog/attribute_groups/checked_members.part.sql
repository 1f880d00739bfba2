attribute AS MATERIALIZED (
    SELECT a."id", a."name", a."type", a."unit", a."options", a."defaultValue", a."userId" FROM live."Attribute" a
     WHERE a."userId" = $1::int4 AND a."id" IN (SELECT n."attributeId" FROM given n)
     ORDER BY a."id" FOR SHARE),
checked AS MATERIALIZED (
    SELECT n.place, n."attributeId", n.is_required, v.canonical, a."id" IS NOT NULL AS is_found,
           coalesce(CASE WHEN n.is_json AND NOT (a."type" = 'JSON' OR a."type" = 'ARRAY' AND n."value" LIKE '[%')
                    THEN 'must be a single value' END,
                    v.trouble) AS trouble
      FROM given n
      LEFT JOIN attribute a ON a."id" = n."attributeId"
      LEFT JOIN LATERAL attribute_value(a."type", a."options", n."value") v ON true),
passed AS MATERIALIZED (
    SELECT 1 WHERE NOT EXISTS (SELECT FROM checked c WHERE NOT c.is_found OR c.trouble IS NOT NULL))
