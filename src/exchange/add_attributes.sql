-- Attributes that tenant $1 does not have yet, with the type that all of their values have.
WITH seen AS (
    SELECT v.name,
           bool_and(lower(v.value) IN ('0', '1', 'yes', 'no', 'true', 'false')) AS flags,
           bool_and(v.value ~ '^-?\d{1,15}(\.\d+)?$') AS numbers,
           bool_or(v.value ~ '<[a-zA-Z][^>]*>') AS markup,
           bool_or(length(v.value) > 255) AS long
      FROM import_value v
     WHERE NOT EXISTS (SELECT FROM live."Attribute" a WHERE a."userId" = $1::int4 AND a."name" = v.name)
     GROUP BY v.name)
INSERT INTO live."Attribute" ("name", "type", "userId", "createdAt", "updatedAt")
SELECT name, CASE WHEN flags THEN 'BOOLEAN' WHEN numbers THEN 'NUMBER' WHEN markup THEN 'HTML' WHEN long THEN 'TEXT'
                  ELSE 'STRING' END,
       $1::int4, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
  FROM seen ORDER BY name
ON CONFLICT DO NOTHING
