-- Deletes the trashed attribute group $2 of tenant $1 for good, for $3, and its list of attributes; products keep their values. $4 request id.
-- Always one row.
WITH item AS MATERIALIZED (
    SELECT g."id", g."name", g."deletionId" FROM "AttributeGroup" g
     WHERE g."userId" = $1::int4 AND g."id" = $2::int4 AND g."isDeleted" FOR UPDATE),
purged AS (
    DELETE FROM "AttributeGroup" t WHERE t."id" IN (SELECT i."id" FROM item i) AND t."isDeleted"
    RETURNING t."id"),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'attributeGroup.purge', 'attributeGroup', i."id", i."deletionId", $4::text,
           jsonb_build_object('name', i."name", 'items', (SELECT count(*) FROM item))
      FROM item i WHERE i."id" = $2::int4)
SELECT (SELECT count(*)::int4 FROM purged) AS "itemCount",
       EXISTS (SELECT FROM "AttributeGroup" t WHERE t."userId" = $1::int4 AND t."id" = $2::int4 AND NOT t."isDeleted") AS "isActive"
