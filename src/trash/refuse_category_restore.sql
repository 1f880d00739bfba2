-- Who stands in the way of restoring the trashed category $2 of tenant $1 (with what its deletion took from below it, $5)?
-- Writes the refusal to the audit, for $3, request id $4. No row: nobody does, or it is not in the trash.
-- (How they are found: see restore_items.sql.)
WITH RECURSIVE item AS (
    SELECT c."id", c."name", c."parentCategoryId", c."deletionId" FROM "Category" c
     WHERE c."id" = $2::int4 AND CASE WHEN c."userId" = $1::int4 THEN c."isDeleted" END
    UNION
    SELECT b."id", b."name", b."parentCategoryId", b."deletionId" FROM item w, LATERAL (
        SELECT b."id", b."name", b."parentCategoryId", b."deletionId" FROM "Category" b
         WHERE $5::bool AND b."parentCategoryId" = w."id" AND CASE WHEN b."userId" = $1::int4 THEN b."isDeleted" END
           AND coalesce(b."deletionId", 0) = w."deletionId" OFFSET 0) b),
holder AS MATERIALIZED (
    SELECT h."id", h."name", i."id" AS item_id FROM item i, LATERAL (
        SELECT h."id", h."name" FROM "Category" h
         WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."name" = i."name" AND h."parentCategoryId" = i."parentCategoryId"
        UNION ALL
        SELECT h."id", h."name" FROM "Category" h
         WHERE h."userId" = (SELECT $1::int4) AND NOT h."isDeleted" AND h."name" = i."name" AND h."parentCategoryId" IS NULL
           AND i."parentCategoryId" IS NULL OFFSET 0) h
     ORDER BY i."id" LIMIT 1),
audit AS (
    INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "requestId", "detail")
    SELECT $1::int4, $3::int4, 'category.restore_refused', 'category', $2::int4, $4::text,
           jsonb_build_object('field', 'name', 'value', h."name", 'item', h.item_id, 'holder', h."id")
      FROM holder h)
SELECT h."id", h."name", h.item_id AS "itemId" FROM holder h
