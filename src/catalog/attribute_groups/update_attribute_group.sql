-- Changes the living attribute group $3 of tenant $1, for $2; or nothing, and the reasons. $4 names the fields that are given:
-- name, description, attributes. $5 name, $6 description; the attributes that it is to have, instead of all living ones that
-- it has: $7 their ids, $8 are they required, $9 their defaults, $10 are those JSON arrays or objects. $11 request id.
-- No row: there is no such group.
WITH target AS MATERIALIZED (
    SELECT g."id", g."name", g."description" FROM live."AttributeGroup" g
     WHERE g."userId" = $1::int4 AND g."id" = $3::int4 FOR UPDATE),
given AS (
    SELECT t."attributeId", t.is_required = 1 AS is_required, t."value", t.is_json = 1 AS is_json, t.place
      FROM unnest($7::int4[], $8::int4[], $9::text[], $10::int4[])
      WITH ORDINALITY AS t ("attributeId", is_required, "value", is_json, place)),
/* checked_members.part.sql */,
before AS MATERIALIZED (
    SELECT l."id", l."attributeId", l."required", l."defaultValue", l."createdAt"
      FROM target t
      JOIN "AttributeGroupAttribute" l ON l."attributeGroupId" = t."id"
      JOIN live."Attribute" a ON a."id" = l."attributeId" AND a."userId" = $1::int4),
dropped AS MATERIALIZED (
    SELECT attribute_group_keep(t."id", $7::int4[]) AS count FROM passed, target t WHERE 'attributes' = ANY ($4::text[])),
written AS (
    INSERT INTO "AttributeGroupAttribute" ("attributeId", "attributeGroupId", "required", "defaultValue", "createdAt")
    SELECT c."attributeId", t."id", c.is_required, c.canonical, now() AT TIME ZONE 'UTC'
      FROM passed, target t, checked c
     WHERE (SELECT count(*) FROM dropped) >= 0
     ORDER BY c.place
    ON CONFLICT ("attributeId", "attributeGroupId") DO UPDATE
       SET "required" = excluded."required", "defaultValue" = excluded."defaultValue"
    RETURNING "id", "attributeId", "required", "defaultValue", "createdAt"),
changed AS (
    UPDATE live."AttributeGroup" g
       SET "name" = coalesce($5::text, g."name"),
           "description" = CASE WHEN 'description' = ANY ($4::text[]) THEN $6::text ELSE g."description" END,
           "updatedAt" = now() AT TIME ZONE 'UTC'
      FROM passed, target t
     WHERE g."userId" = $1::int4 AND g."id" = t."id"
    RETURNING g."id", g."name", g."description", g."userId", g."createdAt", g."updatedAt"),
member AS (
    SELECT w."id", w."attributeId", w."required", w."defaultValue", w."createdAt" FROM written w
    UNION ALL
    SELECT b."id", b."attributeId", b."required", b."defaultValue", b."createdAt" FROM before b
     WHERE NOT 'attributes' = ANY ($4::text[])),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'attributeGroup.update', 'attributeGroup', g."id", $11::text,
           jsonb_build_object('name', g."name", 'fields', $4::text[], 'before',
               jsonb_strip_nulls(jsonb_build_object('name', t."name", 'description', t."description"))
               || CASE WHEN 'attributes' = ANY ($4::text[])
                       THEN jsonb_build_object('attributes', (
                                SELECT coalesce(jsonb_agg(jsonb_build_object('attributeId', b."attributeId", 'required', b."required",
                                                                             'defaultValue', b."defaultValue") ORDER BY b."id"), '[]')
                                  FROM before b))
                       ELSE '{}' END)
      FROM changed g JOIN target t ON t."id" = g."id")
SELECT /* member_checks.part.sql */,
       (SELECT ROW(g."id", g."name", g."description", g."userId", g."createdAt", g."updatedAt",
                   ARRAY(SELECT /* member_record.part.sql */
                           FROM member l JOIN live."Attribute" a ON a."id" = l."attributeId" AND a."userId" = $1::int4
                          ORDER BY l."id"))
          FROM changed g) AS "group"
  FROM target
