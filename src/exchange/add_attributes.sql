-- Attributes that tenant $1 does not have yet, with the type that the file names, else the one that all of their values
-- have.
WITH seen AS (
    SELECT v.name, count(*) AS values,
           bool_and(lower(v.value) IN ('yes', 'no', 'true', 'false')) AS flags,
           bool_and(v.value ~ '^-?(0|[1-9]\d{0,14})(\.\d+)?$') AS numbers,
           bool_and(v.value ~ '^\d{4}-\d\d-\d\d$' AND attribute_day(v.value) IS NOT NULL) AS days,
           bool_and(v.value ~* '^https?://[^\s/]+\S*$') AS links,
           bool_and(v.value ~ '^[^\s@]+@[^\s@]+\.[^\s@]+$') AS mails,
           bool_and(v.value ~ '^\[' AND attribute_json(v.value) IS NOT NULL) AS lists,
           bool_or(v.value ~ '<[a-zA-Z][^>]*>') AS markup,
           bool_or(v.value ~* '<\s*script|javascript\s*:') AS scripts,
           bool_or(length(v.value) > 255) AS long
      FROM import_value v JOIN import_name n ON n.name = v.name AND n.attribute_id IS NULL
     GROUP BY v.name),
wanted AS (
    SELECT n.clean, min(n.name) AS name,
           coalesce(min(n.type), min(CASE
               WHEN s.flags THEN 'BOOLEAN' WHEN s.numbers THEN 'NUMBER' WHEN s.days THEN 'DATE' WHEN s.links THEN 'URL'
               WHEN s.mails THEN 'EMAIL' WHEN s.lists THEN 'ARRAY' WHEN s.markup AND NOT s.scripts THEN 'HTML'
               WHEN s.long THEN 'TEXT' ELSE 'STRING' END), 'STRING') AS type
      FROM import_name n LEFT JOIN seen s ON s.name = n.name
     WHERE n.attribute_id IS NULL
       AND NOT EXISTS (SELECT FROM live."Attribute" a WHERE a."userId" = $1::int4 AND a."name" = n.clean)
       AND (s.name IS NOT NULL OR EXISTS (SELECT FROM import_family f WHERE f.name = n.name))
     GROUP BY n.clean),
made AS (
    INSERT INTO live."Attribute" ("name", "type", "userId", "createdAt", "updatedAt")
    SELECT w.clean, w.type, $1::int4, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC' FROM wanted w ORDER BY w.clean
    ON CONFLICT DO NOTHING
    RETURNING "id", "name", "type")
INSERT INTO import_made_model (kind, id, name, type) SELECT 'attribute', "id", "name", "type" FROM made
