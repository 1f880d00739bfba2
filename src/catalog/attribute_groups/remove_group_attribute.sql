-- Takes the living attribute $4 out of the living group $3, both of tenant $1, for $2. $5 request id. Always one row: was the
-- group there, and how many members went.
WITH target AS MATERIALIZED (
    SELECT g."id", g."name" FROM live."AttributeGroup" g
     WHERE g."userId" = $1::int4 AND g."id" = $3::int4 FOR UPDATE),
removed AS (
    DELETE FROM "AttributeGroupAttribute" l USING target t, live."Attribute" a
     WHERE l."attributeGroupId" = t."id" AND l."attributeId" = a."id" AND a."userId" = $1::int4 AND a."id" = $4::int4
    RETURNING a."id", a."name", l."required", l."defaultValue"),
touched AS (
    UPDATE live."AttributeGroup" g SET "updatedAt" = now() AT TIME ZONE 'UTC'
      FROM removed r WHERE g."userId" = $1::int4 AND g."id" = $3::int4),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $2::int4, 'attributeGroup.unlink', 'attributeGroup', t."id", $5::text,
           jsonb_build_object('name', t."name", 'with', format('from attribute "%s"', r."name"), 'attributeId', r."id",
                              'required', r."required", 'defaultValue', r."defaultValue")
      FROM removed r, target t)
SELECT EXISTS (SELECT FROM target) AS "groupFound", (SELECT count(*) FROM removed) AS "removed"
