-- Makes an attribute of tenant $1, for $2: $3 name, $4 type, $5 unit, $6 options, $7 default, $8 the default is a JSON array or
-- object. $9 request id. The attribute, or what is wrong with it.
WITH wanted AS (
    SELECT $4::text AS "type", nullif($6::text[], '{}') AS "options", $6::text[] AS given_options,
           $7::text AS given_default, $8::bool AS default_is_json),
checked AS (
    SELECT w."type", w."options", v.canonical,
           /* definition_trouble.part.sql */ AS trouble
      FROM wanted w CROSS JOIN LATERAL attribute_value(w."type", w."options", w.given_default) v),
created AS (
    INSERT INTO live."Attribute" ("name", "type", "unit", "options", "defaultValue", "userId", "createdAt", "updatedAt")
    SELECT $3::text, c."type", $5::text, c."options", c.canonical, $1::int4, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM checked c WHERE c.trouble IS NULL
    RETURNING "id", "name", "type", "unit", "options", "defaultValue", "userId", "createdAt", "updatedAt"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'attribute.create', 'attribute', a."id", $9::text,
           jsonb_build_object('name', a."name", 'type', a."type")
      FROM created a)
SELECT c.trouble, (SELECT ROW(/* attribute_record.part.sql */) FROM created a) AS "attribute"
  FROM checked c
