-- Who stands in the way of restoring the trashed family $2 of tenant $1? Writes the refusal to the audit, for $3, request id
-- $4. No row: nobody does, or it is not in the trash.
WITH item AS (
    SELECT f."id", f."name" FROM "Family" f
     WHERE f."id" = $2::int4 AND CASE WHEN f."userId" = $1::int4 THEN f."isDeleted" END),
holder AS MATERIALIZED (
    SELECT h."id", h."name", i."id" AS item_id FROM item i JOIN "Family" h
        ON h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."name" = i."name"
     ORDER BY i."id" LIMIT 1),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'family.restore_refused', 'family', $2::int4, $4::text,
           jsonb_build_object('field', 'name', 'value', h."name", 'item', h.item_id, 'holder', h."id")
      FROM holder h)
SELECT h."id", h."name", h.item_id AS "itemId" FROM holder h
