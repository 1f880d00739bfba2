-- Brings the trashed attribute group $2 of tenant $1 back, for $3. One audit event. $4 request id. No row: there is no such
-- attribute group in the trash. A name that a living one has taken meanwhile is a unique violation, and nothing is changed.
WITH item AS MATERIALIZED (
    SELECT g."id", g."name", g."deletionId" FROM "AttributeGroup" g
     WHERE g."id" = $2::int4 AND CASE WHEN g."userId" = $1::int4 THEN g."isDeleted" END FOR UPDATE),
root AS (SELECT i."id", i."name", i."deletionId" FROM item i),
restored AS (
    UPDATE "AttributeGroup" t SET "isDeleted" = false, "deletedAt" = NULL, "deletionId" = NULL
      FROM item i
     WHERE t."id" = i."id" AND CASE WHEN t."userId" = $1::int4 THEN t."isDeleted" END
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'attributeGroup.restore', 'attributeGroup', r."id", r."deletionId", $4::text,
           jsonb_build_object('name', r."name", 'items', (SELECT count(*) FROM item))
      FROM root r)
SELECT r."deletionId", (SELECT count(*)::int4 FROM restored) AS "itemCount"
  FROM root r WHERE trash_changed((SELECT count(*) FROM restored), (SELECT count(*) FROM item))
