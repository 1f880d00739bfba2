-- Deletes the trashed family $2 of tenant $1 for good, for $3, and its list of attributes; products keep their values as their own. $4 request id.
-- Always one row.
WITH item AS MATERIALIZED (
    SELECT f."id", f."name", f."deletionId" FROM "Family" f
     WHERE f."userId" = $1::int4 AND f."id" = $2::int4 AND f."isDeleted" FOR UPDATE),
purged AS (
    DELETE FROM "Family" t WHERE t."id" IN (SELECT i."id" FROM item i) AND t."isDeleted"
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'family.purge', 'family', i."id", i."deletionId", $4::text,
           jsonb_build_object('name', i."name", 'items', (SELECT count(*) FROM item))
      FROM item i WHERE i."id" = $2::int4)
SELECT (SELECT count(*)::int4 FROM purged) AS "itemCount",
       EXISTS (SELECT FROM "Family" t WHERE t."userId" = $1::int4 AND t."id" = $2::int4 AND NOT t."isDeleted") AS "isActive"
