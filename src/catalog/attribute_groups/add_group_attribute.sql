-- Puts the living attribute $4 into the living group $3, both of tenant $1, for $2. $5 it is required, $6 its default, $7 that is
-- a JSON array or object, $8 request id. The member, or what is missing or wrong. A second time is a unique violation.
WITH target AS MATERIALIZED (
    SELECT g."id", g."name" FROM live."AttributeGroup" g
     WHERE g."userId" = $1::int4 AND g."id" = $3::int4 FOR UPDATE),
given AS (
    SELECT $4::int4 AS "attributeId", $5::bool AS is_required, $6::text AS "value", $7::bool AS is_json, 1 AS place),
/* checked_members.part.sql */,
written AS (
    INSERT INTO "AttributeGroupAttribute" ("attributeId", "attributeGroupId", "required", "defaultValue", "createdAt")
    SELECT c."attributeId", t."id", c.is_required, c.canonical, now() AT TIME ZONE 'UTC' FROM passed, target t, checked c
    RETURNING "id", "attributeId", "required", "defaultValue", "createdAt"),
touched AS (
    UPDATE live."AttributeGroup" g SET "updatedAt" = now() AT TIME ZONE 'UTC'
      FROM written w WHERE g."userId" = $1::int4 AND g."id" = $3::int4),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'attributeGroup.link', 'attributeGroup', t."id", $8::text,
           jsonb_build_object('name', t."name", 'with', format('to attribute "%s"', a."name"), 'attributeId', a."id",
                              'required', w."required", 'defaultValue', w."defaultValue")
      FROM written w, target t, attribute a)
SELECT EXISTS (SELECT FROM target) AS "groupFound", EXISTS (SELECT FROM attribute) AS "attributeFound",
       (SELECT 'defaultValue ' || c.trouble FROM checked c) AS "trouble",
       (SELECT /* member_record.part.sql */ FROM written l JOIN attribute a ON a."id" = l."attributeId") AS "member"
