sorting AS MATERIALIZED (
    SELECT a."id", a."type" IN ('INTEGER', 'NUMBER', 'FLOAT', 'DECIMAL', 'CURRENCY', 'PERCENTAGE') AS is_number
      FROM live."Attribute" a WHERE a."userId" = $1::int4 AND (a."id" = $25::int4 OR a."name" = $26::text))
