-- Makes an attribute group of tenant $1, for $2: $3 name, $4 description, and its attributes: $5 their ids, $6 are they
-- required, $7 their defaults, $8 are those JSON arrays or objects. $9 request id. The group, or what is wrong.
WITH given AS (
    SELECT t."attributeId", t.is_required = 1 AS is_required, t."value", t.is_json = 1 AS is_json, t.place
      FROM unnest($5::int4[], $6::int4[], $7::text[], $8::int4[])
      WITH ORDINALITY AS t ("attributeId", is_required, "value", is_json, place)),
/* checked_members.part.sql */,
created AS (
    INSERT INTO live."AttributeGroup" ("name", "description", "userId", "createdAt", "updatedAt")
    SELECT $3::text, $4::text, $1::int4, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC' FROM passed
    RETURNING "id", "name", "description", "userId", "createdAt", "updatedAt"),
member AS (
    INSERT INTO "AttributeGroupAttribute" ("attributeId", "attributeGroupId", "required", "defaultValue", "createdAt")
    SELECT c."attributeId", g."id", c.is_required, c.canonical, g."createdAt" FROM created g, checked c ORDER BY c.place
    RETURNING "id", "attributeId", "required", "defaultValue", "createdAt"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'attributeGroup.create', 'attributeGroup', g."id", $9::text,
           jsonb_build_object('name', g."name", 'attributes', to_jsonb($5::int4[]))
      FROM created g)
SELECT /* member_checks.part.sql */,
       (SELECT ROW(g."id", g."name", g."description", g."userId", g."createdAt", g."updatedAt",
                   ARRAY(SELECT /* member_record.part.sql */
                           FROM member l JOIN attribute a ON a."id" = l."attributeId" ORDER BY l."id"))
          FROM created g) AS "group"
