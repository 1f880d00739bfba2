-- Changes the living attribute $3 of tenant $1, for $2; or nothing, and the reasons. $4 names the fields that are given:
-- name, type, unit, options, defaultValue. $5 name, $6 type, $7 unit, $8 options, $9 default, $10 it is a JSON array or object,
-- $11 even where values don't fit the new type or options, $12 request id. No row: there is no such attribute.
-- The lock comes first: who writes a value holds a share of it, so that the functions see all values that there are.
WITH attribute AS MATERIALIZED (
    SELECT a."id", a."name", a."type", a."unit", a."options", a."defaultValue",
           CASE WHEN 'type' = ANY ($4::text[]) THEN $6::text ELSE a."type" END AS new_type
      FROM live."Attribute" a
     WHERE a."userId" = $1::int4 AND a."id" = $3::int4 FOR UPDATE),
wanted AS (
    SELECT t."id", t.new_type AS "type",
           CASE WHEN t.new_type NOT IN ('ENUM', 'ARRAY') THEN NULL
                WHEN 'options' = ANY ($4::text[]) THEN nullif($8::text[], '{}')
                ELSE t."options" END AS "options",
           CASE WHEN 'options' = ANY ($4::text[]) THEN $8::text[] END AS given_options,
           $9::text AS given_default, $10::bool AS default_is_json
      FROM attribute t),
checked AS MATERIALIZED (
    SELECT w."id", w."type", w."options", v.canonical,
           w."type" <> t."type" OR w."options" IS DISTINCT FROM t."options" AS converts,
           w."type" IN ('STRING', 'TEXT') AS takes_any,  -- each value as it is: none of them need be looked at
           /* definition_trouble.part.sql */ AS trouble
      FROM wanted w
      JOIN attribute t ON t."id" = w."id"
     CROSS JOIN LATERAL attribute_value(w."type", w."options", w.given_default) v),
misfit AS MATERIALIZED (
    SELECT m.place, m."id", m."name", m."value", m.trouble
      FROM checked c
     CROSS JOIN LATERAL attribute_misfits(c."id", c."type", c."options", NOT 'defaultValue' = ANY ($4::text[])) m
     WHERE c.converts AND NOT c.takes_any AND c.trouble IS NULL),
passed AS MATERIALIZED (
    SELECT c."id", c."type", c."options", c.canonical, c.converts, c.takes_any FROM checked c
     WHERE c.trouble IS NULL AND ($11::bool OR NOT EXISTS (SELECT FROM misfit))),
converted AS MATERIALIZED (
    SELECT CASE WHEN p.takes_any THEN 0 ELSE attribute_convert(p."id", p."type", p."options") END AS count
      FROM passed p WHERE p.converts),
changed AS (
    UPDATE live."Attribute" a
       SET "name" = coalesce($5::text, a."name"), "type" = p."type", "options" = p."options",
           "unit" = CASE WHEN 'unit' = ANY ($4::text[]) THEN $7::text ELSE a."unit" END,
           "defaultValue" = CASE
               WHEN 'defaultValue' = ANY ($4::text[]) THEN p.canonical
               WHEN p.converts THEN coalesce((SELECT d.canonical FROM attribute_conversion(p."type", p."options", a."defaultValue") d),
                                             a."defaultValue")
               ELSE a."defaultValue" END,
           "updatedAt" = now() AT TIME ZONE 'UTC'
      FROM passed p
     WHERE a."userId" = $1::int4 AND a."id" = p."id"
    RETURNING a."id", a."name", a."type", a."unit", a."options", a."defaultValue", a."userId", a."createdAt", a."updatedAt"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'attribute.update', 'attribute', a."id", $12::text,
           jsonb_build_object('name', a."name", 'fields', $4::text[], 'before', jsonb_strip_nulls(jsonb_build_object(
               'name', t."name", 'type', t."type", 'unit', t."unit", 'options', t."options", 'defaultValue', t."defaultValue")))
           || CASE WHEN c.converts THEN jsonb_build_object('converted', (SELECT n.count FROM converted n),
                                                           'misfits', (SELECT count(*) FROM misfit)) ELSE '{}' END
      FROM changed a JOIN attribute t ON t."id" = a."id" JOIN checked c ON c."id" = a."id")
SELECT c.trouble, c."type" AS "newType", c.converts,
       (SELECT count(*) FROM misfit) AS "misfits",
       ARRAY(SELECT ROW(m.place, m."id", m."name", left(m."value", 200), m.trouble)
               FROM misfit m ORDER BY m.place <> 'product', m."id" LIMIT 10) AS "examples",
       (SELECT n.count FROM converted n) AS "converted",
       (SELECT ROW(/* attribute_record.part.sql */) FROM changed a) AS "attribute"
  FROM checked c
