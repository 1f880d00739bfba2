-- Deletes the trashed attribute $2 of tenant $1 for good, for $3, with its values. $4 request id.
-- Always one row.
WITH item AS MATERIALIZED (
    SELECT a."id", a."name", a."deletionId" FROM "Attribute" a
     WHERE a."userId" = $1::int4 AND a."id" = $2::int4 AND a."isDeleted" FOR UPDATE),
purged AS (
    DELETE FROM "Attribute" t WHERE t."id" IN (SELECT i."id" FROM item i) AND t."isDeleted"
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'attribute.purge', 'attribute', i."id", i."deletionId", $4::text,
           jsonb_build_object('name', i."name", 'items', (SELECT count(*) FROM item))
      FROM item i WHERE i."id" = $2::int4)
SELECT (SELECT count(*)::int4 FROM purged) AS "itemCount",
       EXISTS (SELECT FROM "Attribute" t WHERE t."userId" = $1::int4 AND t."id" = $2::int4 AND NOT t."isDeleted") AS "isActive"
