-- Who stands in the way of restoring the trashed attribute group $2 of tenant $1? Writes the refusal to the audit, for $3, request id
-- $4. No row: nobody does, or it is not in the trash.
WITH item AS (
    SELECT g."id", g."name" FROM "AttributeGroup" g
     WHERE g."id" = $2::int4 AND CASE WHEN g."userId" = $1::int4 THEN g."isDeleted" END),
holder AS MATERIALIZED (
    SELECT h."id", h."name", i."id" AS item_id FROM item i JOIN "AttributeGroup" h
        ON h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."name" = i."name"
     ORDER BY i."id" LIMIT 1),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'attributeGroup.restore_refused', 'attributeGroup', $2::int4, $4::text,
           jsonb_build_object('field', 'name', 'value', h."name", 'item', h.item_id, 'holder', h."id")
      FROM holder h)
SELECT h."id", h."name", h.item_id AS "itemId" FROM holder h
