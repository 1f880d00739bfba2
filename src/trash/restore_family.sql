-- Brings the trashed family $2 of tenant $1 back, for $3. One audit event. $4 request id. No row: there is no such
-- family in the trash. A name that a living one has taken meanwhile is a unique violation, and nothing is changed.
WITH item AS MATERIALIZED (
    SELECT f."id", f."name", f."deletionId" FROM "Family" f
     WHERE f."id" = $2::int4 AND CASE WHEN f."userId" = $1::int4 THEN f."isDeleted" END FOR UPDATE),
root AS (SELECT i."id", i."name", i."deletionId" FROM item i),
restored AS (
    UPDATE "Family" t SET "isDeleted" = false, "deletedAt" = NULL, "deletionId" = NULL
      FROM item i
     WHERE t."id" = i."id" AND CASE WHEN t."userId" = $1::int4 THEN t."isDeleted" END
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'family.restore', 'family', r."id", r."deletionId", $4::text,
           jsonb_build_object('name', r."name", 'items', (SELECT count(*) FROM item))
      FROM root r)
SELECT r."deletionId", (SELECT count(*)::int4 FROM restored) AS "itemCount"
  FROM root r WHERE trash_changed((SELECT count(*) FROM restored), (SELECT count(*) FROM item))
